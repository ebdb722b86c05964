/// A number of bytes as people write it: `64MiB`, `2G`, `1.5GB`, `4096`.
public struct ByteCount: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The number of bytes, 0 or more.
    public let bytes: Int

    public init(bytes: Int) { self.bytes = max(0, bytes) }

    /// Reads a bare number of bytes, or a number with a unit, in any case of letters: `K`, `M`, `G`, `T` and `KiB`, `MiB`,
    /// `GiB`, `TiB` count in 1024s, `KB`, `MB`, `GB`, `TB` in 1000s (as GNU's tools do). Fractions are rounded to a byte.
    public init?(humanReadable text: String) {
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let unit = text.dropFirst(digits.count).drop { $0 == " " }.lowercased()
        guard let factor = Self.factors[unit] else { return nil }
        if let whole = Int(digits) {
            let (product, overflow) = whole.multipliedReportingOverflow(by: factor)
            guard !overflow else { return nil }
            bytes = product
        } else {
            guard let number = decimal(digits), number * Double(factor) < 0x1p63 else { return nil }
            bytes = Int((number * Double(factor)).rounded())
        }
    }

    private static let factors: [String: Int] = [
        "": 1, "b": 1,
        "k": 1 << 10, "kib": 1 << 10, "kb": 1_000,
        "m": 1 << 20, "mib": 1 << 20, "mb": 1_000_000,
        "g": 1 << 30, "gib": 1 << 30, "gb": 1_000_000_000,
        "t": 1 << 40, "tib": 1 << 40, "tb": 1_000_000_000_000,
    ]

    /// The number in the largest unit that leaves at least 1, with one decimal where it is not whole: `64 MiB`, `1.5 GiB`.
    public var description: String {
        var unit = (name: "bytes", factor: 1)
        for larger in [("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("TiB", 1 << 40)] where bytes >= larger.1 {
            unit = larger
        }
        let (whole, rest) = bytes.quotientAndRemainder(dividingBy: unit.factor)
        let tenths = Int((Double(rest) * 10 / Double(unit.factor)).rounded())
        switch tenths {
        case 0: return "\(whole) \(unit.name)"
        case 10: return "\(whole + 1) \(unit.name)"
        default: return "\(whole).\(tenths) \(unit.name)"
        }
    }

    public static func < (left: ByteCount, right: ByteCount) -> Bool { left.bytes < right.bytes }
}

/// A number of plain digits with at most one point: no sign, no exponent.
func decimal(_ text: some StringProtocol) -> Double? {
    guard text.contains(where: \.isNumber), text.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }) else {
        return nil
    }
    return Double(String(text))
}
