#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Goes once through the header of a model's file. No length in it is trusted: nothing is taken that the file does not
/// have, and nothing is kept beyond the largest header.
final class GGUFReader {
    let path: String
    let fileBytes: Int

    private let file: OpenFile
    /// What the bytes go through that were read; nil: nothing.
    private let hash: SHA256?
    /// A part of the file, and what of it was read and what was hashed.
    private let window = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 64)
    private var filled = 0
    private var cursor = 0
    private var hashed = 0
    /// Where the window ends in the file.
    private var offset = 0

    /// The largest vocabularies make headers of some 20 MB.
    static let headerLimit = 128 << 20

    init(_ path: String, hash: SHA256? = nil) throws(GGUFError) {
        self.path = path
        self.hash = hash
        do {
            file = try OpenFile(path, O_RDONLY, followsLink: true)
        } catch { throw GGUFError(error) }
        let status: FileStatus
        do {
            status = try file.status()
        } catch { throw GGUFError(error) }
        fileBytes = status.size
        guard status.isRegular else {
            throw GGUFError(.noFile, path, status.isDirectory ? "a directory" : Self.kind(of: file))
        }
    }

    deinit { window.deallocate() }

    /// What something is that is neither a file nor a directory.
    private static func kind(of file: borrowing OpenFile) -> String {
        var status = stat()
        guard fstat(file.descriptor, &status) == 0 else { return "no file" }
        switch status.st_mode & S_IFMT {
        case S_IFCHR, S_IFBLK: return "a device"
        case S_IFIFO: return "a pipe"
        case S_IFSOCK: return "a socket"
        default: return "no file"
        }
    }

    /// Where the next byte is in the file.
    var position: Int { offset - filled + cursor }

    /// What the file has behind the next byte, and with it.
    var rest: Int { fileBytes - position }

    func word() throws(GGUFError) -> UInt32 {
        try provide(4)
        defer { cursor += 4 }
        return UInt32(littleEndian: window.loadUnaligned(fromByteOffset: cursor, as: UInt32.self))
    }

    func long() throws(GGUFError) -> UInt64 {
        try provide(8)
        defer { cursor += 8 }
        return UInt64(littleEndian: window.loadUnaligned(fromByteOffset: cursor, as: UInt64.self))
    }

    /// The length of a text that the file has.
    func length() throws(GGUFError) -> Int {
        let length = try long()
        guard length <= UInt64(rest) else { throw truncation("it ends within a text") }
        return Int(length)
    }

    /// Makes sure that a header may have so many more bytes.
    func expect(_ count: Int) throws(GGUFError) {
        guard count <= Self.headerLimit - position else { throw tooLarge }
    }

    /// Takes so many bytes to the end of an array.
    func take(_ count: Int, into bytes: inout [UInt8]) throws(GGUFError) {
        guard count <= rest else { throw truncation("it ends within its header") }
        try expect(count)
        var count = count
        while count > 0 {
            try provide(1)
            let part = min(count, filled - cursor)
            bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: window[cursor..<cursor + part]))
            cursor += part
            count -= part
        }
    }

    func skip(_ count: Int) throws(GGUFError) {
        guard count <= rest else { throw truncation("it ends within its header") }
        var count = count
        while count > filled - cursor {
            count -= filled - cursor
            cursor = filled
            try provide(1)
        }
        cursor += count
    }

    /// Hashes a range of the file.
    func hash(_ range: Range<Int>) throws(GGUFError) {
        var start = range.lowerBound
        while start < range.upperBound {
            let part = UnsafeMutableRawBufferPointer(
                rebasing: window[..<min(window.count, range.upperBound - start)])
            guard try read(into: part, at: start) == part.count else { throw truncation("it became shorter") }
            hash?.update(UnsafeRawBufferPointer(part))
            start += part.count
        }
    }

    /// Hashes what was read of the header and not yet hashed.
    func hashWhatWasRead() {
        hash?.update(UnsafeRawBufferPointer(rebasing: window[hashed..<cursor]))
        hashed = cursor
    }

    func truncation(_ reason: String) -> GGUFError { GGUFError(.truncated, path, reason) }

    func damage(_ reason: String) -> GGUFError { GGUFError(.damaged, path, reason) }

    // MARK: The window

    private var tooLarge: GGUFError { damage("its header is larger than \(Self.headerLimit >> 20) MiB") }

    private func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(GGUFError) -> Int {
        do {
            return try file.read(into: buffer, at: offset)
        } catch { throw GGUFError(error) }
    }

    /// Makes the next bytes be in the window, all of them.
    private func provide(_ count: Int) throws(GGUFError) {
        if count <= filled - cursor { return }
        guard count <= rest else { throw truncation("it ends within its header") }
        guard position < Self.headerLimit else { throw tooLarge }
        hashWhatWasRead()
        let left = filled - cursor
        if left > 0, let base = window.baseAddress { base.copyMemory(from: base + cursor, byteCount: left) }
        (cursor, hashed, filled) = (0, 0, left)
        let room = UnsafeMutableRawBufferPointer(rebasing: window[left...])
        let read = try read(into: room, at: offset)
        offset += read
        filled += read
        guard count <= filled else { throw truncation("it became shorter") }
    }
}
