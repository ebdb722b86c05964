/// Grammars by chance, the same ones for the same seed: some good, some with a mistake in their form or their sense.
public struct GrammarGenerator {
    private var state: UInt64

    private static let names = ["root", "a", "b", "item", "x-1"]
    private static let texts = [#""a""#, #""bc""#, #""\n""#, #""é""#, #""\x41""#, #""""#, #"" ""#]
    private static let firsts = [#""a""#, #""b""#, "[a-z]", #""(""#, ".", #""bc"+"#, "[0-9]{1,3}"]
    private static let sets = ["[a-z]", "[^a]", "[0-9.]", "[-+]", "[a-]", "[\\]]", ".", "[]", "[^\\n\"]"]
    private static let repetitions = ["*", "+", "?", "{2}", "{1,}", "{0,3}", "{2,4}", "{0}", "*", "?"]
    private static let debris = Array(#"|()[]{}*+?"\:=#<>!,_-1a^. '"# + "\n")

    public init(seed: UInt64) { state = seed }

    /// The next grammar.
    public mutating func next() -> String {
        let count = 1 + below(Self.names.count)
        let rules = (0..<count).map { "\(Self.names[$0]) ::= \(alternatives(count, depth: 0))" }
        var text = rules.joined(separator: "\n") + (below(2) == 0 ? "\n" : "")
        if below(3) == 0 { text = damaged(text) }
        return text
    }

    private mutating func below(_ limit: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 33) % limit
    }

    private mutating func pick(_ list: [String]) -> String { list[below(list.count)] }

    private mutating func alternatives(_ rules: Int, depth: Int) -> String {
        (0...below(3)).map { _ in sequence(rules, depth) }.joined(separator: " | ")
    }

    private mutating func sequence(_ rules: Int, _ depth: Int) -> String {
        let count = below(12) == 0 ? 0 : 1 + below(3)
        // Most begin with a character: what begins with a rule soon begins with itself.
        return (0..<count).map { $0 == 0 && below(6) > 0 ? pick(Self.firsts) : item(rules, depth) }.joined(
            separator: " ")
    }

    private mutating func item(_ rules: Int, _ depth: Int) -> String {
        var text =
            switch below(10) {
            case 0...3: pick(Self.texts)
            case 4...5: pick(Self.sets)
            case 6...7: Self.names[below(rules)]
            default: depth < 3 ? "(\(alternatives(rules, depth: depth + 1)))" : pick(Self.texts)
            }
        if below(3) == 0 { text += pick(Self.repetitions) }
        return text
    }

    /// A character more, less or another one.
    private mutating func damaged(_ text: String) -> String {
        var characters = Array(text)
        let place = below(characters.count)
        let other = Self.debris[below(Self.debris.count)]
        switch below(3) {
        case 0: characters.remove(at: place)
        case 1: characters.insert(other, at: place)
        default: characters[place] = other
        }
        return String(characters)
    }
}
