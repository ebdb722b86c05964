/// Goes once through the header of a model file, to find where it ends and where the tensors' data begins, and hashes it on
/// the way. Nothing of it is kept, and no length in it is trusted.
final class GGUFHeader {
    /// Where the tensors' data is; known when the header was read.
    private(set) var data = 0..<0

    private let file: OpenFile
    private let fileBytes: Int
    private let hash: SHA256
    /// A part of the file, and what of it was read and what was hashed.
    private let window = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 64)
    private var filled = 0
    private var cursor = 0
    private var hashed = 0
    /// Where the window ends in the file.
    private var offset = 0

    /// The largest vocabularies make headers of some 20 MB.
    private static let limit = 128 << 20
    private static let countLimit: UInt64 = 1 << 20
    private static let depthLimit = 4
    private static let alignmentKey = Array("general.alignment".utf8)
    private static let wordType: UInt32 = 4
    private static let stringType: UInt32 = 8
    private static let arrayType: UInt32 = 9

    init(_ file: consuming OpenFile, fileBytes: Int, hash: SHA256) {
        self.file = file
        self.fileBytes = fileBytes
        self.hash = hash
    }

    deinit { window.deallocate() }

    /// Hashes the header, from the beginning of the file to its end.
    func read() throws(StateStoreError) {
        guard try word() == 0x4655_4747 else { throw damage("it is no GGUF file") }
        let version = try word()
        guard version == 2 || version == 3 else {
            let isForeign = version.byteSwapped == 2 || version.byteSwapped == 3
            throw damage(isForeign ? "it is a big-endian GGUF file" : "its GGUF version is \(version), not 2 or 3")
        }
        let tensors = try count("tensors")
        let values = try count("values")
        var alignment = 32
        for _ in 0..<values {
            let isAlignment = try isString(Self.alignmentKey)
            let type = try word()
            if isAlignment, type == Self.wordType {
                alignment = Int(try word())
            } else {
                try skipValue(type, depth: 0)
            }
        }
        guard alignment > 0, alignment.nonzeroBitCount == 1, alignment <= 1 << 20 else {
            throw damage("its alignment is \(alignment)")
        }
        var lastOffset: UInt64 = 0
        for _ in 0..<tensors {
            try skipString()
            let dimensions = try word()
            guard dimensions <= 8 else { throw damage("a tensor has \(dimensions) dimensions") }
            try skip(Int(dimensions) * 8 + 4)
            lastOffset = max(lastOffset, try long())
        }
        hashWhatWasRead()
        let start = (position + alignment - 1) & ~(alignment - 1)
        guard tensors == 0 || (start < fileBytes && lastOffset < UInt64(fileBytes - start)) else {
            throw damage("it ends before its tensors do")
        }
        data = min(start, fileBytes)..<fileBytes
    }

    /// Hashes a range of the file.
    func hash(_ range: Range<Int>) throws(StateStoreError) {
        var start = range.lowerBound
        while start < range.upperBound {
            let part = UnsafeMutableRawBufferPointer(
                rebasing: window[..<min(window.count, range.upperBound - start)])
            guard try file.read(into: part, at: start) == part.count else { throw damage("it became shorter") }
            hash.update(UnsafeRawBufferPointer(part))
            start += part.count
        }
    }

    // MARK: Values

    private func skipValue(_ type: UInt32, depth: Int) throws(StateStoreError) {
        if let size = Self.size(of: type) { return try skip(size) }
        switch type {
        case Self.stringType: try skipString()
        case Self.arrayType:
            guard depth < Self.depthLimit else { throw damage("its arrays are nested too deeply") }
            let type = try word()
            let count = try long()
            // A text or an array is a length at least.
            let size = Self.size(of: type)
            guard count <= UInt64(fileBytes / (size ?? 8)) else { throw damage("it ends within an array") }
            if let size {
                try skip(Int(count) * size)
            } else if type == Self.stringType {
                for _ in 0..<count { try skipString() }
            } else {
                for _ in 0..<count { try skipValue(type, depth: depth + 1) }
            }
        default: throw damage("it has a value of type \(type)")
        }
    }

    /// The size of a number or truth value.
    private static func size(of type: UInt32) -> Int? {
        switch type {
        case 0, 1, 7: 1
        case 2, 3: 2
        case 4, 5, 6: 4
        case 10, 11, 12: 8
        default: nil
        }
    }

    private func count(_ what: String) throws(StateStoreError) -> Int {
        let number = try long()
        guard number <= Self.countLimit else { throw damage("it is said to have \(number) \(what)") }
        return Int(number)
    }

    private func length() throws(StateStoreError) -> Int {
        let length = try long()
        guard length <= UInt64(fileBytes) else { throw damage("it ends within a text") }
        return Int(length)
    }

    private func skipString() throws(StateStoreError) { try skip(length()) }

    private func isString(_ text: [UInt8]) throws(StateStoreError) -> Bool {
        let length = try length()
        guard length == text.count else {
            try skip(length)
            return false
        }
        try provide(length)
        defer { cursor += length }
        return window[cursor..<cursor + length].elementsEqual(text)
    }

    private func word() throws(StateStoreError) -> UInt32 {
        try provide(4)
        defer { cursor += 4 }
        return UInt32(littleEndian: window.loadUnaligned(fromByteOffset: cursor, as: UInt32.self))
    }

    private func long() throws(StateStoreError) -> UInt64 {
        try provide(8)
        defer { cursor += 8 }
        return UInt64(littleEndian: window.loadUnaligned(fromByteOffset: cursor, as: UInt64.self))
    }

    // MARK: The window

    /// Where the next byte is in the file.
    private var position: Int { offset - filled + cursor }

    private func damage(_ reason: String) -> StateStoreError { StateStoreError(.damaged, file.path, reason) }

    private func skip(_ count: Int) throws(StateStoreError) {
        var count = count
        while count > filled - cursor {
            guard count <= fileBytes - position else { throw damage("it ends within its header") }
            count -= filled - cursor
            cursor = filled
            try provide(1)
        }
        cursor += count
    }

    /// Makes the next bytes be in the window, all of them.
    private func provide(_ count: Int) throws(StateStoreError) {
        if count <= filled - cursor { return }
        guard count <= fileBytes - position else { throw damage("it ends within its header") }
        guard position < Self.limit else { throw damage("its header is larger than \(Self.limit) bytes") }
        hashWhatWasRead()
        let rest = filled - cursor
        if rest > 0, let base = window.baseAddress { base.copyMemory(from: base + cursor, byteCount: rest) }
        (cursor, hashed, filled) = (0, 0, rest)
        let room = UnsafeMutableRawBufferPointer(rebasing: window[rest...])
        let read = try file.read(into: room, at: offset)
        offset += read
        filled += read
        guard count <= filled else { throw damage("it became shorter") }
    }

    private func hashWhatWasRead() {
        hash.update(UnsafeRawBufferPointer(rebasing: window[hashed..<cursor]))
        hashed = cursor
    }
}
