import LocalCodeCore
import Support

/// A model's file with any metadata and any table of tensors, as bytes, written by the specification of GGUF.
struct ModelBytes {
    enum Value {
        case byte(UInt8), word(UInt32), signed(Int32), long(UInt64), float(Float), double(Double), bool(Bool)
        case text(String), texts([String]), words([UInt32]), signedWords([Int32]), bools([Bool])
        /// Anything: the number of a type, and what follows it.
        case raw(UInt32, [UInt8])
    }

    struct Tensor {
        var name: String
        var dimensions: [UInt64]
        var type: UInt32 = 0
        /// Bytes of data; nil: as many as it has by its dimensions, which are numbers of four bytes.
        var bytes: Int?
    }

    var version: UInt32 = 3
    var values: [(String, Value)] = []
    var tensors: [Tensor] = []

    /// A model of this architecture. Keys that begin with a dot are filed under it.
    init(_ architecture: String = "llama", _ values: [(String, Value)] = [], tensors: [Tensor] = []) {
        self.values =
            [("general.architecture", .text(architecture))]
            + values.map { ($0.0.hasPrefix(".") ? architecture + $0.0 : $0.0, $0.1) }
        self.tensors = tensors
    }

    var bytes: [UInt8] {
        var bytes = Array("GGUF".utf8) + Self.little(version) + Self.little(UInt64(tensors.count))
        bytes += Self.little(UInt64(values.count))
        for (key, value) in values { bytes += Self.text(key) + Self.encoded(value) }
        var offset = 0
        for tensor in tensors {
            bytes += Self.text(tensor.name) + Self.little(UInt32(tensor.dimensions.count))
            for dimension in tensor.dimensions { bytes += Self.little(dimension) }
            bytes += Self.little(tensor.type) + Self.little(UInt64(offset))
            offset += Self.padded(tensor.size)
        }
        bytes += [UInt8](repeating: 0, count: Self.padded(bytes.count) - bytes.count)
        return bytes + [UInt8](repeating: 7, count: offset)
    }

    /// Reads it, from a file in a directory of its own.
    func read() throws -> GGUFFile {
        let directory = try TestDirectory()
        let path = "\(directory.path)/model.gguf"
        try TestFiles.write(bytes, to: path)
        return try GGUFFile.read(path: path)
    }

    /// The header of it.
    func header() throws -> ModelHeader { try ModelHeader(try read()) }

    static func encoded(_ value: Value) -> [UInt8] {
        switch value {
        case .byte(let number): little(UInt32(0)) + [number]
        case .word(let number): little(UInt32(4)) + little(number)
        case .signed(let number): little(UInt32(5)) + little(number)
        case .float(let number): little(UInt32(6)) + little(number.bitPattern)
        case .bool(let flag): little(UInt32(7)) + [flag ? 1 : 0]
        case .text(let text): little(UInt32(8)) + self.text(text)
        case .long(let number): little(UInt32(10)) + little(number)
        case .double(let number): little(UInt32(12)) + little(number.bitPattern)
        case .texts(let texts): array(8, texts.count, texts.flatMap(text))
        case .words(let numbers): array(4, numbers.count, numbers.flatMap { little($0) })
        case .signedWords(let numbers): array(5, numbers.count, numbers.flatMap { little($0) })
        case .bools(let flags): array(7, flags.count, flags.map { $0 ? 1 : 0 })
        case .raw(let type, let bytes): little(type) + bytes
        }
    }

    static func array(_ type: UInt32, _ count: Int, _ bytes: [UInt8]) -> [UInt8] {
        little(UInt32(9)) + little(type) + little(UInt64(count)) + bytes
    }

    static func text(_ text: String) -> [UInt8] { little(UInt64(text.utf8.count)) + Array(text.utf8) }

    static func little(_ number: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: number.littleEndian) { Array($0) }
    }

    private static func padded(_ count: Int) -> Int { (count + 31) & ~31 }
}

extension ModelBytes.Tensor {
    fileprivate var size: Int { bytes ?? Int(dimensions.reduce(4, *)) }
}
