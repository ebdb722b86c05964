/// One file of a model: its metadata and its table of tensors, by the form of GGUF 2 and 3
/// (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md), little endian.
struct GGUFPart {
    let path: String
    let fileBytes: Int
    let version: Int
    private(set) var metadata: [String: GGUFValue] = [:]
    private(set) var tensors: [GGUFTensor] = []
    /// Where the tensors' data is.
    private(set) var data = 0..<0

    static let countLimit: UInt64 = 1 << 20
    static let keyLimit = 65_535
    static let dimensionLimit: UInt32 = 8
    static let depthLimit = 4
    static let alignmentLimit: UInt64 = 1 << 20

    /// Reads a part's header to its end.
    init(_ reader: GGUFReader) throws(GGUFError) {
        path = reader.path
        fileBytes = reader.fileBytes
        guard reader.fileBytes > 0 else { throw reader.truncation("it is empty") }
        guard try reader.word() == 0x4655_4747 else { throw GGUFError(.foreign, path) }
        let version = try reader.word()
        self.version = Int(version)
        guard version == 2 || version == 3 else {
            let isForeign = version.byteSwapped == 2 || version.byteSwapped == 3
            throw reader.damage(isForeign ? "it is big-endian" : "its GGUF version is \(version), not 2 or 3")
        }
        let tensorCount = try Self.count("tensors", reader)
        let valueCount = try Self.count("values", reader)
        for _ in 0..<valueCount {
            let key = try Self.text(reader, limit: Self.keyLimit, what: "a key")
            let value = try Self.value(reader)
            guard metadata.updateValue(value, forKey: key) == nil else {
                throw reader.damage("it has two values '\(key)'")
            }
        }
        for _ in 0..<tensorCount { tensors.append(try GGUFTensor(reader)) }
        reader.hashWhatWasRead()
        try locateData(reader)
    }

    private mutating func locateData(_ reader: GGUFReader) throws(GGUFError) {
        var alignment: UInt64 = 32
        if case .unsigned(let number) = metadata["general.alignment"] { alignment = number }
        guard alignment > 0, alignment.nonzeroBitCount == 1, alignment <= Self.alignmentLimit else {
            throw reader.damage("its alignment is \(alignment)")
        }
        let start = (reader.position + Int(alignment) - 1) & ~(Int(alignment) - 1)
        data = min(start, fileBytes)..<fileBytes
        for tensor in tensors {
            guard tensor.offset < UInt64(data.count), tensor.bytes ?? 1 <= data.count - Int(tensor.offset) else {
                throw reader.truncation("its tensor '\(tensor.name)' goes beyond its end")
            }
        }
    }

    private static func count(_ what: String, _ reader: GGUFReader) throws(GGUFError) -> Int {
        let number = try reader.long()
        guard number <= countLimit else { throw reader.damage("it is said to have \(number) \(what)") }
        return Int(number)
    }

    static func text(_ reader: GGUFReader, limit: Int, what: String) throws(GGUFError) -> String {
        let length = try reader.length()
        guard length <= limit else { throw reader.damage("\(what) has \(length) bytes") }
        var bytes: [UInt8] = []
        try reader.take(length, into: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func type(_ reader: GGUFReader) throws(GGUFError) -> GGUFType {
        let number = try reader.word()
        guard let type = GGUFType(rawValue: number) else { throw reader.damage("it has a value of type \(number)") }
        return type
    }

    private static func value(_ reader: GGUFReader) throws(GGUFError) -> GGUFValue {
        let type = try type(reader)
        if type == .array { return .array(try array(reader, depth: 0)) }
        if type == .string { return .string(try text(reader, limit: .max, what: "a text")) }
        var bytes: [UInt8] = []
        try reader.take(type.size ?? 0, into: &bytes)
        // Never nil: the type has a size.
        return type.value(bytes[...]) ?? .bool(false)
    }

    private static func array(_ reader: GGUFReader, depth: Int) throws(GGUFError) -> GGUFArray {
        guard depth < depthLimit else { throw reader.damage("its arrays are nested too deeply") }
        let type = try type(reader)
        let number = try reader.long()
        // A text is a length at least, an array that and a type.
        let least = type.size ?? (type == .string ? 8 : 12)
        guard number <= UInt64(reader.rest / least) else { throw reader.truncation("it ends within an array") }
        let count = Int(number)
        try reader.expect(count * least)
        var bytes: [UInt8] = []
        var ends: [Int] = []
        if let size = type.size {
            try reader.take(count * size, into: &bytes)
        } else if type == .string {
            for _ in 0..<count {
                try reader.take(try reader.length(), into: &bytes)
                ends.append(bytes.count)
            }
        } else {
            for _ in 0..<count { _ = try array(reader, depth: depth + 1) }
        }
        return GGUFArray(type: type, count: count, bytes: bytes, ends: ends)
    }
}

/// A row of the table of tensors.
public struct GGUFTensor: Sendable, Equatable {
    public let name: String
    public let dimensions: [Int]
    public let type: TensorType
    /// Where it begins in the data of its file, and which of a model's files that is.
    let offset: UInt64
    var part = 0
    /// How many numbers it has.
    public let count: Int
    /// What it takes in the file; nil where its type is not known.
    public let bytes: Int?

    static let nameLimit = 1024

    init(_ reader: GGUFReader) throws(GGUFError) {
        let name = try GGUFPart.text(reader, limit: Self.nameLimit, what: "a tensor's name")
        let rank = try reader.word()
        guard rank <= GGUFPart.dimensionLimit else {
            throw reader.damage("its tensor '\(name)' has \(rank) dimensions")
        }
        var dimensions: [Int] = []
        var count = 1
        for _ in 0..<rank {
            let dimension = try reader.long()
            let (product, overflow) = count.multipliedReportingOverflow(by: Int(clamping: dimension))
            // Below this, bytes do not overflow either.
            guard !overflow, max(product, Int(clamping: dimension)) < 1 << 56 else {
                throw reader.damage("its tensor '\(name)' is too large")
            }
            dimensions.append(Int(dimension))
            count = product
        }
        self.name = name
        self.dimensions = dimensions
        self.count = count
        type = TensorType(rawValue: try reader.word())
        offset = try reader.long()
        bytes = try type.block.map { block throws(GGUFError) in
            guard (dimensions.first ?? 1).isMultiple(of: block.numbers) else {
                throw reader.damage("its tensor '\(name)' does not consist of whole blocks")
            }
            return count / block.numbers * block.bytes
        }
    }
}
