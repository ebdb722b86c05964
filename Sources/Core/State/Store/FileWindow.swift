/// Numbers out of a file, read through a small window that follows them. Beyond `end` there is nothing.
final class FileWindow {
    let path: String
    let end: Int
    private let file: OpenFile
    private var bytes: [UInt8] = []
    private var start = 0
    private var failure: StateStoreError?

    private static let smallest = 4096
    private static let largest = 256 << 10

    init(_ file: consuming OpenFile, end: Int) {
        path = file.path
        self.end = end
        self.file = file
    }

    /// The number at an offset; nil beyond the end, and where the file cannot be read: see `check`.
    func number<Number: FixedWidthInteger>(_ type: Number.Type, at offset: Int) -> Number? {
        let size = MemoryLayout<Number>.size
        guard offset >= 0, offset <= end - size else { return nil }
        if offset < start || offset + size > start + bytes.count { load(offset) }
        guard offset >= start, offset + size <= start + bytes.count else { return nil }
        return bytes.withUnsafeBytes {
            Number(littleEndian: $0.loadUnaligned(fromByteOffset: offset - start, as: Number.self))
        }
    }

    /// Throws what went wrong while reading.
    func check() throws(StateStoreError) {
        if let failure { throw failure }
    }

    /// Where a sequence of four bytes stands first, from an offset on.
    func firstOffset(of word: UInt32, from offset: Int) -> Int? {
        let first = UInt8(truncatingIfNeeded: word)
        var offset = offset
        while offset <= end - 4 {
            load(offset, size: Self.largest)
            guard bytes.count >= 4 else { return nil }
            let found = bytes.withUnsafeBytes { buffer in
                var index = 0
                while index <= buffer.count - 4 {
                    if buffer[index] == first,
                        UInt32(littleEndian: buffer.loadUnaligned(fromByteOffset: index, as: UInt32.self)) == word
                    {
                        return index
                    }
                    index += 1
                }
                return -1
            }
            if found >= 0 { return start + found }
            offset = start + bytes.count - 3
        }
        return nil
    }

    /// Small at first, since what follows may be far away; larger while it is not.
    private func load(_ offset: Int) {
        let isNext = offset >= start && offset <= start + bytes.count
        load(offset, size: isNext ? min(max(bytes.count * 2, Self.smallest), Self.largest) : Self.smallest)
    }

    private func load(_ offset: Int, size: Int) {
        do throws(StateStoreError) {
            bytes = try file.bytes(at: offset, count: min(size, end - offset))
            start = offset
        } catch {
            failure = failure ?? error
            bytes = []
        }
    }
}
