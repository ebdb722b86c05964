/// A text in which `*` stands for any text. Case makes no difference for ASCII letters: who writes `GLM-*` means `glm-4.7` as
/// well.
struct Wildcard {
    private let pattern: [UInt8]

    init(_ text: String) { pattern = text.utf8.map(Self.folded) }

    /// Whether the whole text is as the pattern says. Takes at most the product of both lengths.
    func matches(_ text: String) -> Bool {
        let text = Array(text.utf8)
        var (place, at) = (0, 0)
        /// The last star, and where the text that it stands for ends so far.
        var star: (place: Int, end: Int)?
        while at < text.count {
            if place < pattern.count, pattern[place] == Self.star {
                star = (place, at)
                place += 1
            } else if place < pattern.count, pattern[place] == Self.folded(text[at]) {
                place += 1
                at += 1
            } else if let last = star {
                star = (last.place, last.end + 1)
                place = last.place + 1
                at = last.end + 1
            } else {
                return false
            }
        }
        return pattern[place...].allSatisfy { $0 == Self.star }
    }

    private static let star = UInt8(ascii: "*")

    private static func folded(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }
}
