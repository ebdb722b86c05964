/// How the numbers of a tensor are written: in blocks of so many, each of so many bytes.
public struct TensorType: RawRepresentable, Sendable, Hashable {
    /// Its number in a file.
    public let rawValue: UInt32

    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// The type with this name: `q8_0`, in any case of letters.
    public init?(name: String) {
        let name = name.lowercased()
        guard let row = Self.rows.first(where: { $0.name.lowercased() == name }) else { return nil }
        rawValue = row.number
    }

    /// What llama.cpp calls it; `type 99` for one that is not known.
    public var name: String { row?.name ?? "type \(rawValue)" }

    /// Bytes that a row of so many numbers takes, part of a block counted as one; nil for a type that is not known.
    public func bytes(_ count: Double) -> Double? {
        row.map { (count / Double($0.numbers)).rounded(.up) * Double($0.bytes) }
    }

    /// The numbers and bytes of a block; nil for a type that is not known.
    var block: (numbers: Int, bytes: Int)? { row.map { ($0.numbers, $0.bytes) } }

    private var row: Row? { Self.rows.first { $0.number == rawValue } }

    private typealias Row = (number: UInt32, name: String, numbers: Int, bytes: Int)

    private static let rows: [Row] = [
        (0, "f32", 1, 4), (1, "f16", 1, 2), (2, "q4_0", 32, 18), (3, "q4_1", 32, 20), (6, "q5_0", 32, 22),
        (7, "q5_1", 32, 24), (8, "q8_0", 32, 34), (9, "q8_1", 32, 36), (10, "q2_K", 256, 84), (11, "q3_K", 256, 110),
        (12, "q4_K", 256, 144), (13, "q5_K", 256, 176), (14, "q6_K", 256, 210), (15, "q8_K", 256, 292),
        (16, "iq2_xxs", 256, 66), (17, "iq2_xs", 256, 74), (18, "iq3_xxs", 256, 98), (19, "iq1_s", 256, 50),
        (20, "iq4_nl", 32, 18), (21, "iq3_s", 256, 110), (22, "iq2_s", 256, 82), (23, "iq4_xs", 256, 136),
        (24, "i8", 1, 1), (25, "i16", 1, 2), (26, "i32", 1, 4), (27, "i64", 1, 8), (28, "f64", 1, 8),
        (29, "iq1_m", 256, 56), (30, "bf16", 1, 2), (34, "tq1_0", 256, 54), (35, "tq2_0", 256, 66),
        (39, "mxfp4", 32, 17), (40, "nvfp4", 64, 36), (41, "q1_0", 128, 18), (42, "q2_0", 64, 18),
    ]
}
