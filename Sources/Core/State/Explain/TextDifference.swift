/// Where two texts first differ, with a little of both for a reader.
public struct TextDifference: Sendable, Equatable {
    /// Characters (grapheme clusters) that both texts begin with.
    public let offset: Int
    /// The line of the first character that differs, counted from 1.
    public let line: Int
    /// Its column, in characters counted from 1.
    public let column: Int
    /// The end of what both texts begin with, at most `contextLimit` characters of it.
    public let context: String
    /// What the earlier text goes on with, at most `excerptLimit` characters; empty where it ends, nil where there was none.
    public let earlier: String?
    /// The same of the later text.
    public let later: String?

    /// Characters that are kept in front of the difference.
    public static let contextLimit = 80
    /// Characters that are kept of each text behind it.
    public static let excerptLimit = 80

    /// - Returns: nil where both texts are the same, or there is none.
    public init?(earlier: String?, later: String?) {
        guard earlier != nil || later != nil else { return nil }
        guard var old = earlier, var new = later else {
            (offset, line, column, context) = (0, 1, 1, "")
            self.earlier = earlier.map { String($0.prefix(Self.excerptLimit)) }
            self.later = later.map { String($0.prefix(Self.excerptLimit)) }
            return
        }
        let shared = old.withUTF8 { old in
            new.withUTF8 { new in
                var count = 0
                let end = min(old.count, new.count)
                while count < end, old[count] == new[count] { count += 1 }
                return count == old.count && count == new.count ? nil : count
            }
        }
        guard let shared else { return nil }
        // What begins in the middle of a character in one of the texts is another character there.
        let cut = min(Self.boundary(at: shared, in: old), Self.boundary(at: shared, in: new))
        let place = old.utf8.index(old.startIndex, offsetBy: cut)
        let before = old[..<place]
        let lineStart = before.lastIndex(where: \.isNewline).map { before.index(after: $0) } ?? before.startIndex
        offset = before.count
        line = before.count(where: \.isNewline) + 1
        column = before[lineStart...].count + 1
        context = String(before.suffix(Self.contextLimit))
        self.earlier = String(old[place...].prefix(Self.excerptLimit))
        self.later = String(new[new.utf8.index(new.startIndex, offsetBy: cut)...].prefix(Self.excerptLimit))
    }

    /// The start of the character that a byte belongs to, as an offset in bytes.
    private static func boundary(at offset: Int, in text: String) -> Int {
        let place = text.utf8.index(text.startIndex, offsetBy: offset)
        guard place < text.endIndex, place > text.startIndex else { return offset }
        let start = text.index(before: text.index(after: place))
        // `index(after:)` of the middle of a character is the start of the next one.
        return min(offset, text.utf8.distance(from: text.startIndex, to: start))
    }
}
