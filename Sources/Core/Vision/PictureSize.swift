/// How many pixels a picture has, from its first bytes: a file of a few kilobytes can unpack into more than a machine's memory.
struct PictureSize: Equatable {
    var width: Int
    var height: Int

    /// More than any model looks at: 100 million.
    static let pixelLimit = 100_000_000

    var isTooLarge: Bool {
        let (pixels, overflow) = width.multipliedReportingOverflow(by: height)
        return overflow || pixels > Self.pixelLimit
    }

    init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    /// Nil where the bytes do not tell.
    init?(_ type: PictureType, _ bytes: [UInt8]) {
        let reader = Reader(bytes: bytes)
        switch type {
        case .png:
            // IHDR is the first chunk: https://www.w3.org/TR/png-3/#11IHDR
            guard let width = reader.big(16, 4), let height = reader.big(20, 4) else { return nil }
            self.init(width: width, height: height)
        case .gif:
            guard let width = reader.little(6, 2), let height = reader.little(8, 2) else { return nil }
            self.init(width: width, height: height)
        case .bmp:
            // The height counts downwards when it is negative.
            guard let width = reader.little(18, 4), let height = reader.little(22, 4) else { return nil }
            self.init(width: Self.magnitude(width), height: Self.magnitude(height))
        case .jpeg:
            guard let size = Self.jpeg(reader) else { return nil }
            self = size
        case .webp:
            guard let size = Self.webp(reader) else { return nil }
            self = size
        }
    }

    private static func magnitude(_ value: Int) -> Int { Int(Int32(truncatingIfNeeded: value).magnitude) }

    /// Walks over the segments to the start of frame (ITU T.81, B.1.1).
    private static func jpeg(_ reader: Reader) -> PictureSize? {
        var place = 2
        while let mark = reader.big(place, 2), let length = reader.big(place + 2, 2) {
            guard mark >= 0xFFC0 else { return nil }
            let code = mark & 0xFF
            // C4, C8 and CC are tables among the frames; FF fills.
            if code == 0xFF {
                place += 1
            } else if 0xC0...0xCF ~= code, ![0xC4, 0xC8, 0xCC].contains(code) {
                guard let height = reader.big(place + 5, 2), let width = reader.big(place + 7, 2) else { return nil }
                return PictureSize(width: width, height: height)
            } else if 0xD0...0xD9 ~= code || code == 0x01 {
                place += 2
            } else {
                place += 2 + max(2, length)
            }
        }
        return nil
    }

    /// The three kinds of chunk that may come first (https://developers.google.com/speed/webp/docs/riff_container).
    private static func webp(_ reader: Reader) -> PictureSize? {
        switch reader.bytes.dropFirst(12).prefix(4) {
        case let name where name.elementsEqual("VP8X".utf8):
            guard let width = reader.little(24, 3), let height = reader.little(27, 3) else { return nil }
            return PictureSize(width: width + 1, height: height + 1)
        case let name where name.elementsEqual("VP8L".utf8):
            guard let bits = reader.little(21, 4) else { return nil }
            return PictureSize(width: bits & 0x3FFF + 1, height: bits >> 14 & 0x3FFF + 1)
        case let name where name.elementsEqual("VP8 ".utf8):
            guard let width = reader.little(26, 2), let height = reader.little(28, 2) else { return nil }
            return PictureSize(width: width & 0x3FFF, height: height & 0x3FFF)
        default: return nil
        }
    }

    private struct Reader {
        let bytes: [UInt8]

        func big(_ place: Int, _ count: Int) -> Int? {
            guard place + count <= bytes.count else { return nil }
            return bytes[place..<place + count].reduce(0) { $0 << 8 | Int($1) }
        }

        func little(_ place: Int, _ count: Int) -> Int? {
            guard place + count <= bytes.count else { return nil }
            return bytes[place..<place + count].reversed().reduce(0) { $0 << 8 | Int($1) }
        }
    }
}
