/// The types of values in a GGUF file.
enum GGUFType: UInt32, Sendable {
    case uint8, int8, uint16, int16, uint32, int32, float32, bool, string, array, uint64, int64, float64

    /// The size of a number or truth value; nil for what has a length of its own.
    var size: Int? {
        switch self {
        case .uint8, .int8, .bool: 1
        case .uint16, .int16: 2
        case .uint32, .int32, .float32: 4
        case .uint64, .int64, .float64: 8
        case .string, .array: nil
        }
    }

    /// The number or truth value at the beginning of these bytes, little endian.
    func value(_ bytes: ArraySlice<UInt8>) -> GGUFValue? {
        guard let size, bytes.count >= size else { return nil }
        let bits = bytes.prefix(size).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return switch self {
        case .uint8, .uint16, .uint32, .uint64: .unsigned(bits)
        case .int8: .signed(Int64(Int8(truncatingIfNeeded: bits)))
        case .int16: .signed(Int64(Int16(truncatingIfNeeded: bits)))
        case .int32: .signed(Int64(Int32(truncatingIfNeeded: bits)))
        case .int64: .signed(Int64(truncatingIfNeeded: bits))
        case .float32: .number(Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits))))
        case .float64: .number(Double(bitPattern: bits))
        case .bool: .bool(bits != 0)
        case .string, .array: nil
        }
    }
}

/// A value of a model's metadata.
public enum GGUFValue: Sendable, Equatable {
    case unsigned(UInt64)
    case signed(Int64)
    case number(Double)
    case bool(Bool)
    case string(String)
    case array(GGUFArray)

    /// A whole number that fits.
    public var integer: Int? {
        switch self {
        case .unsigned(let number): Int(exactly: number)
        case .signed(let number): Int(exactly: number)
        default: nil
        }
    }

    public var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    public var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    public var array: GGUFArray? {
        if case .array(let array) = self { array } else { nil }
    }
}

/// Values of one type, kept as the bytes they have in the file: a vocabulary is some hundred thousand short texts. Of arrays
/// in arrays only their number is kept; no engine reads them.
public struct GGUFArray: Sendable, Equatable {
    public let count: Int
    let type: GGUFType
    let bytes: [UInt8]
    /// Where each text ends in `bytes`.
    let ends: [Int]

    init(type: GGUFType, count: Int, bytes: [UInt8], ends: [Int] = []) {
        self.type = type
        self.count = count
        self.bytes = bytes
        self.ends = ends
    }

    /// A value; nil where there is none.
    public subscript(index: Int) -> GGUFValue? {
        guard let bytes = self.bytes(at: index) else { return nil }
        return type == .string ? .string(String(decoding: bytes, as: UTF8.self)) : type.value(bytes)
    }

    /// The bytes of a text or number; nil where there is none.
    func bytes(at index: Int) -> ArraySlice<UInt8>? {
        guard (0..<count).contains(index) else { return nil }
        if let size = type.size { return bytes[index * size..<(index + 1) * size] }
        return type == .string ? bytes[(index == 0 ? 0 : ends[index - 1])..<ends[index]] : nil
    }
}
