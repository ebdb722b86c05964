/// Cuts a text where it hurts least.
enum TextCut {
    /// The text in parts of about so many bytes, all of it. A part ends behind an empty line, or else behind a line, or else
    /// behind a space, where there is one in the last eighth of those bytes; otherwise between two characters.
    /// - Parameters:
    ///   - size: bytes of a part, at least 1. One whose forerunner is short can be longer by an eighth.
    ///   - fromEnd: whether the odd part is the first.
    static func parts(_ text: String, size: Int, fromEnd: Bool = false) -> [String] {
        let bytes = Array(text.utf8)
        var borders = [0]
        let rest = fromEnd ? bytes.count % size : 0
        for target in stride(from: rest > 0 ? rest : size, to: bytes.count, by: size) {
            let last = borders[borders.count - 1]
            if target > last { borders.append(border(bytes, after: last, near: target, window: max(1, size / 8))) }
        }
        borders.append(bytes.count)
        return zip(borders, borders.dropFirst()).compactMap { start, end in
            start < end ? String(decoding: bytes[start..<end], as: UTF8.self) : nil
        }
    }

    /// Where to cut: behind `start`, and not behind `end` unless the first character is longer than that.
    private static func border(_ bytes: [UInt8], after start: Int, near end: Int, window: Int) -> Int {
        let first = max(start + 1, end - window)
        var space: Int?
        var line: Int?
        var place = end
        while place >= first {
            // The place lies behind this byte.
            switch bytes[place - 1] {
            case 0x0A:
                if place >= 2, bytes[place - 2] == 0x0A { return place }
                line = line ?? place
            case 0x20, 0x09: space = space ?? place
            default: break
            }
            place -= 1
        }
        if let best = line ?? space { return best }
        place = end
        while place > start, isContinuation(bytes, place) { place -= 1 }
        if place > start { return place }
        place = end
        while isContinuation(bytes, place) { place += 1 }
        return place
    }

    /// Whether the byte at a place is not the first of a character.
    private static func isContinuation(_ bytes: [UInt8], _ place: Int) -> Bool {
        place < bytes.count && bytes[place] & 0xC0 == 0x80
    }
}
