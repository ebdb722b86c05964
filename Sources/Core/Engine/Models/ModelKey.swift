/// One key of a model in localcode.yaml. Reading, checking, suggestions and the documentation come from these rows.
public struct ModelKey: Sendable {
    /// `kv-type-k`
    public let name: String
    /// What its value looks like: `FILE`, `N`, `auto, on or off`.
    public let value: String
    /// What it is for, on one line, no full stop.
    public let help: String
    /// Reads a value that is there.
    let apply: @Sendable (ConfigurationFile.Entry, inout ModelReading) -> Void
    /// Takes back what another model said (`like`): `key: ~`.
    let reset: @Sendable (inout ModelReading) -> Void

    /// Where a value goes.
    typealias Member<Value> = any WritableKeyPath<ModelEntry, Value> & Sendable

    /// A key for one member of an entry.
    /// - Parameter read: the value; nil when something is wrong with it, which is then noted.
    init<Value>(
        _ name: String, _ value: String, _ member: Member<Value>, _ help: String,
        read: @escaping @Sendable (ConfigurationFile.Entry, inout ModelReading) -> Value?
    ) {
        self.name = name
        self.value = value
        self.help = help
        apply = { written, reading in
            if let value = read(written, &reading) { reading.entry[keyPath: member] = value }
        }
        reset = { reading in
            let blank = ModelEntry(name: reading.entry.name, source: reading.entry.source)
            reading.entry[keyPath: member] = blank[keyPath: member]
        }
    }

    /// A key whose value is one word.
    /// - Parameters:
    ///   - wanted: what the word should be, for a message: `a whole number of at least 1`.
    ///   - choices: the words that are allowed, to suggest one of; nil: there are too many.
    ///   - parse: nil for a word that it cannot be.
    static func word<Value>(
        _ name: String, _ value: String, _ member: Member<Value>, _ help: String,
        wanted: String, choices: [String] = [], parse: @escaping @Sendable (String) -> Value?
    ) -> ModelKey {
        ModelKey(name, value, member, help) { written, reading in
            guard let text = reading.text(written) else { return nil }
            if let value = parse(text) { return value }
            reading.refuse(
                name, line: written.line, "'\(text)' is not \(wanted)",
                hint: Spelling.nearest(to: text, among: choices).map { "did you mean '\($0)'?" })
            return nil
        }
    }
}

// MARK: - Kinds of words

extension ModelKey {
    /// A whole number.
    static func integer(
        _ name: String, _ member: Member<Int?>,
        from least: Int = 1, to most: Int = Int(Int32.max), _ help: String
    ) -> ModelKey {
        let bounds = most == Int(Int32.max) ? "of at least \(least)" : "from \(least) to \(most)"
        return word(name, "N", member, help, wanted: "a whole number \(bounds)") { text -> Int?? in
            Int(text).flatMap { (least...most).contains($0) ? .some($0) : nil }
        }
    }

    /// A number.
    static func number(
        _ name: String, _ member: Member<Double?>,
        in range: ClosedRange<Double>? = nil, _ help: String
    ) -> ModelKey {
        let bounds = range.map { " from \(LaunchPlan.text($0.lowerBound)) to \(LaunchPlan.text($0.upperBound))" } ?? ""
        return word(name, "X", member, help, wanted: "a number" + bounds) { text -> Double?? in
            number(text).flatMap { range?.contains($0) ?? true ? .some($0) : nil }
        }
    }

    /// Yes or no.
    static func yes(_ name: String, _ member: Member<Bool>, _ help: String) -> ModelKey {
        word(name, "true or false", member, help, wanted: "true or false") { text in
            switch text.lowercased() {
            case "true", "yes", "on": true
            case "false", "no", "off": false
            default: nil
            }
        }
    }

    /// The path of a file.
    static func file(_ name: String, _ member: Member<String?>, _ help: String)
        -> ModelKey
    {
        ModelKey(name, "FILE", member, help) { written, reading -> String?? in
            reading.text(written).map { reading.resolve($0) }
        }
    }

    /// One of some words.
    static func choice<Choice: RawRepresentable & CaseIterable & Sendable>(
        _ name: String, _ member: Member<Choice>, _ help: String
    ) -> ModelKey where Choice.RawValue == String {
        let words = Choice.allCases.map(\.rawValue)
        return word(
            name, alternatives(words), member, help, wanted: "one of \(words.joined(separator: ", "))", choices: words
        ) { Choice(rawValue: $0) }
    }

    /// One of some words, or nothing.
    static func choice<Choice: RawRepresentable & CaseIterable & Sendable>(
        _ name: String, _ member: Member<Choice?>, _ help: String
    ) -> ModelKey where Choice.RawValue == String {
        let words = Choice.allCases.map(\.rawValue)
        return word(
            name, alternatives(words), member, help, wanted: "one of \(words.joined(separator: ", "))", choices: words
        ) { text -> Choice?? in Choice(rawValue: text).map { .some($0) } }
    }

    /// Layers for a GPU: a number, `auto` or `all`.
    static func layers(_ name: String, _ member: Member<String?>, _ help: String)
        -> ModelKey
    {
        word(name, "N, auto or all", member, help, wanted: "a number of layers, auto or all", choices: ["auto", "all"])
        {
            text -> String?? in
            text == "auto" || text == "all" || Int(text).map { (0...100_000).contains($0) } == true ? .some(text) : nil
        }
    }

    /// The type of K or V values.
    static func type(_ name: String, _ member: Member<String?>, _ help: String)
        -> ModelKey
    {
        word(
            name, "TYPE", member, help, wanted: "one of \(kvTypes.joined(separator: ", "))", choices: kvTypes
        ) { text -> String?? in kvTypes.contains(text) ? .some(text) : nil }
    }

    /// llama.cpp's names of the types that K and V values can have.
    public static let kvTypes = ["f32", "f16", "bf16", "q8_0", "q5_1", "q5_0", "q4_1", "q4_0", "iq4_nl"]

    static func alternatives(_ words: [String]) -> String {
        words.dropLast().joined(separator: ", ") + (words.count > 1 ? " or " : "") + (words.last ?? "")
    }

    static func number(_ text: String) -> Double? { Double(text).flatMap { $0.isFinite ? $0 : nil } }
}
