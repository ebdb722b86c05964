/// Chance that is the same for the same seed, and the texts made by it.
public struct TrafficRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64

    public init(seed: UInt64) { state = seed }

    /// SplitMix64.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }

    mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }

    mutating func pick<Item>(_ items: [Item]) -> Item { items[below(items.count)] }

    /// True in so many of a hundred cases.
    mutating func percent(_ share: Int) -> Bool { below(100) < share }

    /// Characters by chance.
    mutating func letters(_ count: Int, of alphabet: String) -> String {
        let alphabet = Array(alphabet)
        return String((0..<count).map { _ in alphabet[below(alphabet.count)] })
    }

    mutating func hex(_ count: Int) -> String { letters(count, of: "0123456789abcdef") }

    mutating func uuid() -> String { "\(hex(8))-\(hex(4))-4\(hex(3))-a\(hex(3))-\(hex(12))" }

    /// A session's name of OpenCode: 12 hexadecimal digits and 14 of base 62.
    mutating func session() -> String {
        let base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
        return "ses_\(hex(12))\(letters(14, of: base62))"
    }

    mutating func callID() -> String { "call_\(letters(12, of: "abcdefghijklmnopqrstuvwxyz0123456789"))" }
}

extension TrafficRandom {
    private static let nouns = [
        "parser", "ledger", "cache", "index", "socket", "queue", "worker", "token", "buffer", "schema", "branch",
        "fixture", "report", "column", "header", "router",
    ]
    private static let verbs = [
        "reads", "drops", "keeps", "splits", "merges", "rejects", "rounds", "counts", "locks", "retries", "sorts",
        "forgets",
    ]
    private static let wishes = [
        "fix", "explain", "rename", "simplify", "test", "document", "speed up", "look at", "move", "split",
    ]

    /// A plain sentence.
    mutating func sentence() -> String {
        "The \(pick(Self.nouns)) \(pick(Self.verbs)) the \(pick(Self.nouns)) before the \(pick(Self.nouns))."
    }

    /// A paragraph of about so many characters.
    mutating func paragraph(_ characters: Int) -> String {
        var text = ""
        while text.utf8.count < characters { text += (text.isEmpty ? "" : " ") + sentence() }
        return text
    }

    /// What a user asks of an agent.
    mutating func wish() -> String {
        "Please \(pick(Self.wishes)) the \(pick(Self.nouns)): it \(pick(Self.verbs)) the \(pick(Self.nouns)) twice "
            + "in \(file())."
    }

    mutating func file() -> String {
        "src/\(pick(Self.nouns))_\(pick(Self.nouns)).\(pick(["py", "ts", "rs", "go", "swift"]))"
    }

    /// A source file of about so many characters, its lines numbered as reading tools number them.
    mutating func code(_ characters: Int, numbered: Bool = true) -> String {
        var lines: [String] = []
        var count = 0
        while count < characters {
            let noun = pick(Self.nouns)
            let line =
                switch below(4) {
                case 0: "def \(noun)_\(below(90))(\(pick(Self.nouns))):"
                case 1: "    if \(noun) is None: return \(below(1000))"
                case 2: "    \(noun) = \(pick(Self.nouns)).\(pick(Self.verbs))(\(below(100)))"
                default: "    # \(sentence())"
                }
            lines.append(numbered ? "\(lines.count + 1): \(line)" : line)
            count += line.utf8.count + 5
        }
        return lines.joined(separator: "\n")
    }

    /// A change as `git diff` shows it.
    mutating func diff() -> String {
        let file = file()
        let (old, new) = (pick(Self.nouns), pick(Self.nouns))
        return """
            diff --git a/\(file) b/\(file)
            index \(hex(7))..\(hex(7)) 100644
            --- a/\(file)
            +++ b/\(file)
            @@ -12,3 +12,3 @@ def \(old)():
            -    return \(old).\(pick(Self.verbs))()
            +    return \(new).\(pick(Self.verbs))(\(below(9)))
                 # \(sentence())
            """
    }
}
