/// A SHA-256 value.
public struct Digest: Sendable, Hashable {
    /// The length of a value in bytes.
    public static let byteCount = 32

    /// Four words and no vector: a type that wants more than 16 bytes of alignment is not safe in an async function, whose
    /// frames Swift 6.3 aligns to 16.
    private let words: Words

    private struct Words: Sendable, Hashable {
        var first: UInt64 = 0
        var second: UInt64 = 0
        var third: UInt64 = 0
        var fourth: UInt64 = 0
    }

    /// The value with these bytes; nil unless they are 32.
    public init?(bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        words = bytes.withUnsafeBytes { $0.loadUnaligned(as: Words.self) }
    }

    /// The value that is written as 64 hexadecimal digits in either case; nil for any other text.
    public init?(hex: String) {
        var bytes: [UInt8] = []
        var high: UInt32?
        for byte in hex.utf8 {
            guard let digit = hexValue(byte) else { return nil }
            if let first = high {
                bytes.append(UInt8(truncatingIfNeeded: first << 4 | digit))
                high = nil
            } else {
                high = digit
            }
        }
        guard high == nil else { return nil }
        self.init(bytes: bytes)
    }

    /// - Parameter output: fills 32 bytes.
    init(filling output: (UnsafeMutableRawBufferPointer) -> Void) {
        var words = Words()
        withUnsafeMutableBytes(of: &words, output)
        self.words = words
    }

    /// The 32 bytes.
    public var bytes: [UInt8] { withBytes(Array.init) }

    /// The value in 64 lower-case hexadecimal digits.
    public var hex: String {
        String(unsafeUninitializedCapacity: 2 * Self.byteCount) { output in
            withBytes { bytes in
                for (index, byte) in bytes.enumerated() {
                    output[2 * index] = Self.digit(byte >> 4)
                    output[2 * index + 1] = Self.digit(byte & 0x0F)
                }
            }
            return 2 * Self.byteCount
        }
    }

    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        withUnsafeBytes(of: words, body)
    }

    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }
}

extension Digest: CustomStringConvertible {
    /// As `hex`.
    public var description: String { hex }
}
