/// What the engine makes of a grammar: it writes repetitions out, and gives every group and every optional repetition a rule.
struct GrammarSize {
    /// The most times that llama.cpp repeats (its MAX_REPETITION_THRESHOLD).
    static let repetitions = 2000
    /// How deep parentheses may be nested: some ten thousand overflow the engine's call stack.
    static let depth = 2000
    /// How many items a grammar may have.
    static let items = 2_000_000
    /// How many rules the engine may make of it, about 200 bytes each.
    private static let rules = 1_000_000
    /// How many elements the engine may make of it, 8 bytes each, which it copies twice.
    private static let elements = 32_000_000

    /// Rules without a name.
    var generated = 0
    /// Elements that repetitions add.
    private var expanded = 0

    /// The item before a repetition, as the engine sees it.
    struct Item {
        var isRepeatable = false
        /// How many elements it is.
        var elements = 0
        /// How many rules are repeated with it, in the engine's way of counting.
        var rules = 1
    }

    struct Repetition {
        let low: UInt32
        /// `Element.unlimited` without a limit.
        let high: UInt32
        /// Whether the limit that was written is higher than the engine's.
        let isCut: Bool

        /// What the engine multiplies by.
        var copies: Int {
            high != Grammar.Element.unlimited && high > 0 ? Int(high) : max(1, Int(low))
        }
    }

    mutating func count(_ repetition: Repetition, of item: inout Item) {
        let low = Int(repetition.low)
        let isUnlimited = repetition.high == Grammar.Element.unlimited
        let optional = isUnlimited ? 1 : max(0, Int(repetition.high) - low)
        generated += optional
        expanded += optional * (item.elements + 2) + low * item.elements
        item.elements = low * item.elements + (optional > 0 ? 1 : 0)
        item.isRepeatable = item.elements > 0
        item.rules *= repetition.copies
    }

    var isBearable: Bool { generated <= Self.rules && expanded <= Self.elements }
}
