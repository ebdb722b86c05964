/// Watches a text that arrives in pieces for words at which it must end. Holds back no more than what may become such a
/// word with the next piece.
struct StopWords: Sendable {
    private let words: [[UInt8]]
    private var held: [UInt8] = []

    init(_ words: [String]) { self.words = words.filter { !$0.isEmpty }.map { Array($0.utf8) } }

    /// Whether there is nothing to watch for.
    var isEmpty: Bool { words.isEmpty }

    /// The text that may go on, and whether a stop word ended it.
    mutating func push(_ piece: some StringProtocol) -> (text: String, stopped: Bool) {
        held.append(contentsOf: piece.utf8)
        // A word begins with the first byte of a character, so text is never cut inside one.
        if let end = firstWord(in: held) {
            let text = String(decoding: held[..<end], as: UTF8.self)
            held = []
            return (text, true)
        }
        let kept = longestBeginning(atEndOf: held)
        let text = String(decoding: held.dropLast(kept), as: UTF8.self)
        held.removeFirst(held.count - kept)
        return (text, false)
    }

    /// What was held back, when nothing more comes.
    mutating func flush() -> String {
        defer { held = [] }
        return String(decoding: held, as: UTF8.self)
    }

    private func firstWord(in text: [UInt8]) -> Int? {
        text.indices.first { start in words.contains { text[start...].starts(with: $0) } }
    }

    private func longestBeginning(atEndOf text: [UInt8]) -> Int {
        let longest = words.map(\.count).max() ?? 1
        for count in stride(from: min(text.count, longest - 1), to: 0, by: -1) {
            let end = text.suffix(count)
            if words.contains(where: { $0.starts(with: end) }) { return count }
        }
        return 0
    }
}
