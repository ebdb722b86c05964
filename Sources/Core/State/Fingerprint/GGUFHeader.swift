/// The header of a model file: where it ends, and where the tensors' data begins. Nothing else of it is kept, and no length
/// in it is trusted.
struct GGUFHeader {
    /// Everything read so far, from the beginning of the file.
    private(set) var bytes: [UInt8] = []
    /// Where the header ends.
    private(set) var end = 0
    /// Where the tensors' data is.
    private(set) var data = 0..<0

    private let path: String
    private let fileBytes: Int

    /// The largest vocabularies make headers of some 20 MB.
    private static let limit = 128 << 20
    private static let step = 1 << 20
    private static let countLimit: UInt64 = 1 << 20
    private static let depthLimit = 4
    private static let arrayType: UInt32 = 9
    private static let stringType: UInt32 = 8

    init(path: String, fileBytes: Int) {
        self.path = path
        self.fileBytes = fileBytes
    }

    /// Reads the header from the beginning of a file.
    mutating func read(_ file: borrowing OpenFile) throws(StateStoreError) {
        let magic = try next(4, file) { $0.elementsEqual("GGUF".utf8) }
        guard magic else { throw damage("it is no GGUF file") }
        let version = try word(file)
        guard version == 2 || version == 3 else {
            let isForeign = version.byteSwapped == 2 || version.byteSwapped == 3
            throw damage(isForeign ? "it is a big-endian GGUF file" : "its GGUF version is \(version), not 2 or 3")
        }
        let tensors = try count("tensors", file)
        let values = try count("values", file)
        var alignment = 32
        for _ in 0..<values {
            let isAlignment = try string(file) { $0.elementsEqual("general.alignment".utf8) }
            let type = try word(file)
            if isAlignment, type == 4 {
                alignment = Int(try word(file))
            } else {
                try skipValue(type, depth: 0, file)
            }
        }
        guard alignment > 0, alignment.nonzeroBitCount == 1, alignment <= 1 << 20 else {
            throw damage("its alignment is \(alignment)")
        }
        var lastOffset: UInt64 = 0
        for _ in 0..<tensors {
            try string(file) { _ in }
            let dimensions = try word(file)
            guard dimensions <= 8 else { throw damage("a tensor has \(dimensions) dimensions") }
            try skip(Int(dimensions) * 8 + 4, file)
            lastOffset = max(lastOffset, try long(file))
        }
        let start = (end + alignment - 1) & ~(alignment - 1)
        guard tensors == 0 || (start < fileBytes && lastOffset < UInt64(fileBytes - start)) else {
            throw damage("it ends before its tensors do")
        }
        data = min(start, fileBytes)..<fileBytes
    }

    private func damage(_ reason: String) -> StateStoreError { StateStoreError(.damaged, path, reason) }

    private func count(_ what: String, _ number: UInt64) throws(StateStoreError) -> Int {
        guard number <= Self.countLimit else { throw damage("it is said to have \(number) \(what)") }
        return Int(number)
    }

    private mutating func count(_ what: String, _ file: borrowing OpenFile) throws(StateStoreError) -> Int {
        try count(what, try long(file))
    }

    // MARK: Values

    private mutating func skipValue(_ type: UInt32, depth: Int, _ file: borrowing OpenFile) throws(StateStoreError) {
        if let size = Self.size(of: type) { return try skip(size, file) }
        switch type {
        case Self.stringType: try string(file) { _ in }
        case Self.arrayType:
            guard depth < Self.depthLimit else { throw damage("its arrays are nested too deeply") }
            let type = try word(file)
            let count = try long(file)
            if let size = Self.size(of: type) {
                guard count <= UInt64(fileBytes / size) else { throw damage("it ends within an array") }
                return try skip(Int(count) * size, file)
            }
            // An element is a length at least.
            guard count <= UInt64(fileBytes / 8) else { throw damage("it ends within an array") }
            for _ in 0..<count { try skipValue(type, depth: depth + 1, file) }
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

    @discardableResult private mutating func string<Value>(
        _ file: borrowing OpenFile, _ body: (ArraySlice<UInt8>) -> Value
    ) throws(StateStoreError) -> Value {
        let length = try long(file)
        guard length <= UInt64(fileBytes) else { throw damage("it ends within a text") }
        return try next(Int(length), file, body)
    }

    private mutating func word(_ file: borrowing OpenFile) throws(StateStoreError) -> UInt32 {
        try skip(4, file)
        return bytes.withUnsafeBytes {
            UInt32(littleEndian: $0.loadUnaligned(fromByteOffset: end - 4, as: UInt32.self))
        }
    }

    private mutating func long(_ file: borrowing OpenFile) throws(StateStoreError) -> UInt64 {
        try skip(8, file)
        return bytes.withUnsafeBytes {
            UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: end - 8, as: UInt64.self))
        }
    }

    private mutating func next<Value>(
        _ count: Int, _ file: borrowing OpenFile, _ body: (ArraySlice<UInt8>) -> Value
    ) throws(StateStoreError) -> Value {
        try skip(count, file)
        return body(bytes[end - count..<end])
    }

    private mutating func skip(_ count: Int, _ file: borrowing OpenFile) throws(StateStoreError) {
        if count > bytes.count - end {
            guard count <= fileBytes - end else { throw damage("it ends within its header") }
            guard count <= Self.limit - end else { throw damage("its header is larger than \(Self.limit) bytes") }
            let wanted = max(end + count - bytes.count, Self.step)
            bytes += try file.bytes(at: bytes.count, count: min(wanted, fileBytes - bytes.count))
            guard count <= bytes.count - end else { throw damage("it became shorter") }
        }
        end += count
    }
}
