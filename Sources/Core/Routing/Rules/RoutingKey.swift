/// One key of the routing in localcode.yaml. Reading, checking and suggestions come from these rows.
struct RoutingKey<Target>: Sendable {
    /// `second-opinion`
    let name: String
    /// Reads a value that is there.
    let read: @Sendable (ConfigurationFile.Entry, inout RoutingReading, inout Target) -> Void

    /// Where a value goes.
    typealias Member<Value> = any WritableKeyPath<Target, Value> & Sendable

    init(
        _ name: String,
        read: @escaping @Sendable (ConfigurationFile.Entry, inout RoutingReading, inout Target) -> Void
    ) {
        self.name = name
        self.read = read
    }

    /// A key whose value is one word.
    /// - Parameters:
    ///   - wanted: what the word should be, for a message.
    ///   - choices: the words that are allowed, to suggest one of; empty: there are too many.
    ///   - parse: nil for a word that it cannot be.
    static func word<Value>(
        _ name: String, _ member: Member<Value>, wanted: String, choices: [String] = [],
        parse: @escaping @Sendable (String) -> Value?
    ) -> RoutingKey {
        RoutingKey(name) { written, reading, target in
            guard let text = reading.text(written) else { return }
            if let value = parse(text) {
                target[keyPath: member] = value
            } else {
                reading.refuse(
                    name, line: written.line, "'\(text)' is not \(wanted)",
                    hint: Spelling.nearest(to: text, among: choices).map { "did you mean '\($0)'?" })
            }
        }
    }

    /// A key whose value is a list of words, or one.
    static func words<Element>(
        _ name: String, _ member: Member<[Element]>, wanted: String, choices: [String] = [],
        parse: @escaping @Sendable (String) -> [Element]?
    ) -> RoutingKey {
        RoutingKey(name) { written, reading, target in
            for item in reading.texts(written) ?? [] {
                if let elements = parse(item.text) {
                    target[keyPath: member] += elements
                } else {
                    reading.refuse(
                        name, line: item.line, "'\(item.text)' is not \(wanted)",
                        hint: Spelling.nearest(to: item.text, among: choices).map { "did you mean '\($0)'?" })
                }
            }
        }
    }

    /// Some of the cases of an enumeration.
    static func choices<Choice: RawRepresentable & CaseIterable & Sendable>(
        _ name: String, _ member: Member<[Choice]>
    ) -> RoutingKey where Choice.RawValue == String {
        let names = Choice.allCases.map(\.rawValue)
        return words(name, member, wanted: "one of \(names.joined(separator: ", "))", choices: names) {
            Choice(rawValue: $0).map { [$0] }
        }
    }

    /// The name of a model; nil where there is none.
    static func model(
        _ name: String, _ member: Member<String?>, as role: RoutingConfiguration.Mention.Role
    ) -> RoutingKey {
        RoutingKey(name) { written, reading, target in
            guard let text = reading.text(written) else { return }
            reading.mention(text, line: written.line, name, as: role)
            target[keyPath: member] = text
        }
    }

    /// A number of at least 0.
    static func number<Value>(
        _ name: String, _ member: Member<Value>, as value: @escaping @Sendable (Double) -> Value
    ) -> RoutingKey {
        word(name, member, wanted: "a number of at least 0") { text in
            Double(text).flatMap { $0.isFinite && $0 >= 0 ? value($0) : nil }
        }
    }

    /// Header fields with a text for each.
    /// - Parameter any: what stands for any value; nil: each needs a text.
    static func headers(_ name: String, _ member: Member<[(name: String, value: String)]>, any: String?) -> RoutingKey {
        RoutingKey(name) { written, reading, target in
            var fields: [(name: String, value: String, line: Int)] = []
            if let any, !written.isMapping {
                fields = (reading.texts(written) ?? []).map { ($0.text, any, $0.line) }
            } else {
                for field in reading.members(written) ?? [] {
                    if case .scalar(let text) = field.value, !text.isEmpty {
                        fields.append((field.key, text, field.line))
                    } else if let any, field.value == .null || field.value == .scalar("") {
                        fields.append((field.key, any, field.line))
                    } else {
                        reading.refuse(name, line: field.line, "\(field.key) takes one value")
                    }
                }
            }
            for field in fields {
                if HTTPHeaders.isToken(field.name) {
                    target[keyPath: member].append((field.name, field.value))
                } else {
                    reading.refuse(name, line: field.line, "'\(field.name)' is no name of a header field")
                }
            }
        }
    }
}

extension ConfigurationFile.Entry {
    fileprivate var isMapping: Bool { if case .mapping = value { true } else { false } }
}
