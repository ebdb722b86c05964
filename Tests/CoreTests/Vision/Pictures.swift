@testable import LocalCodeCore

/// Pictures as small as they can be.
enum Pictures {
    /// The beginning of a PNG of this size: what tells its kind and its pixels.
    static func png(_ width: Int = 1, _ height: Int = 1) -> [UInt8] {
        [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13] + Array("IHDR".utf8) + big(width, 4)
            + big(height, 4) + [8, 2, 0, 0, 0]
    }

    /// A JPEG up to its start of frame, with a profile of this length in front of it.
    static func jpeg(_ width: Int = 1, _ height: Int = 1, profile: Int = 14) -> [UInt8] {
        var bytes: [UInt8] = [0xFF, 0xD8, 0xFF, 0xE2] + big(profile + 2, 2) + [UInt8](repeating: 0xFF, count: profile)
        bytes += [0xFF, 0xC4, 0, 4, 1, 2, 0xFF, 0xFF, 0xC2, 0, 17, 8]
        return bytes + big(height, 2) + big(width, 2) + [3]
    }

    static func gif(_ width: Int = 1, _ height: Int = 1) -> [UInt8] {
        Array("GIF89a".utf8) + little(width, 2) + little(height, 2) + [0, 0, 0, 0, 0, 0, 0, 0]
    }

    static func bmp(_ width: Int = 1, _ height: Int = 1) -> [UInt8] {
        Array("BM".utf8) + little(70, 4) + [0, 0, 0, 0] + little(54, 4) + little(40, 4) + little(width, 4)
            + little(height, 4)
    }

    static func webp(_ chunk: String, _ rest: [UInt8]) -> [UInt8] {
        Array("RIFF".utf8) + little(100, 4) + Array("WEBP".utf8) + Array(chunk.utf8) + little(20, 4) + rest
    }

    static func url(_ bytes: [UInt8], _ type: String = "image/png") -> String {
        "data:\(type);base64,\(String(decoding: Base64.encode(bytes), as: UTF8.self))"
    }

    static func big(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * (count - 1 - $0))) }
    }

    static func little(_ value: Int, _ count: Int) -> [UInt8] { big(value, count).reversed() }
}
