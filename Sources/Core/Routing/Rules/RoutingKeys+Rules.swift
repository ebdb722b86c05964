extension RoutingKeys {
    /// The keys of a rule.
    static let rule: [RoutingKey<RoutingRule>] = [
        .word("name", \.name, wanted: "a name") { $0 },
        RoutingKey("when") { written, reading, rule in
            guard let members = reading.members(written) else { return }
            reading.apply(members, to: conditions, of: "'when' of rule '\(rule.name)'", &rule.conditions)
        },
        RoutingKey("use") { written, reading, rule in rule.models = reading.modelNames(written) },
        .word(
            "lane", \.lane, wanted: "one of \(RequestLane.allCases.map(\.rawValue).joined(separator: ", "))",
            choices: RequestLane.allCases.map(\.rawValue)
        ) { text -> RequestLane?? in RequestLane(rawValue: text).map { .some($0) } },
        RoutingKey("set") { written, reading, rule in
            for member in reading.members(written) ?? [] {
                if let problem = problem(withField: member.key) {
                    reading.refuse("set", line: member.line, problem.message, hint: problem.hint)
                } else {
                    rule.overrides.fields[member.key] = member.json
                }
            }
        },
        .word("reasoning", \.overrides.reasons, wanted: "on or off", choices: ["on", "off"]) { text -> Bool?? in
            RoutingWords.yesOrNo(text).map { .some($0) }
        },
        .word("privacy", \.isLocalOnly, wanted: "local-only", choices: ["local-only"]) {
            $0 == "local-only" ? true : nil
        },
        RoutingKey("refuse") { written, reading, rule in
            guard let text = reading.text(written) else { return }
            if written.json.string == nil || RoutingWords.yesOrNo(text) != nil {
                reading.refuse(
                    "refuse", line: written.line, "'\(text)' is not a text for the client",
                    hint: "say why: refuse: no GLM at night")
            } else {
                rule.refusal = text
            }
        },
    ]

    /// The keys below `when`.
    static let conditions: [RoutingKey<RoutingConditions>] = [
        .choices("client", \.clients),
        .choices("kind", \.kinds),
        .words("model", \.models, wanted: "a name or pattern") { $0.isEmpty ? nil : [$0] },
        RoutingKey("demand") { written, reading, conditions in
            let names = Demand.Kind.allCases.map(\.rawValue)
            for item in reading.texts(written) ?? [] {
                if let (kind, score) = RoutingWords.demand(item.text) {
                    conditions.demands[kind] = score
                } else {
                    let name = item.text.prefix { $0 != ">" }
                    reading.refuse(
                        "demand", line: item.line,
                        "'\(item.text)' is not one of \(names.joined(separator: ", ")), nor that with a score: coder>0.7",
                        hint: names.contains(String(name))
                            ? nil : Spelling.nearest(to: String(name), among: names).map { "did you mean '\($0)'?" })
                }
            }
        },
        .word("tokens", \.tokens, wanted: "a range such as over 8000, under 2000 or 2000-8000") {
            text -> ClosedRange<Int>?? in RoutingWords.tokens(text).map { .some($0) }
        },
        .word("time", \.time, wanted: "a time such as 8:00-18:00 or 22-6") { text -> (from: Int, to: Int)?? in
            RoutingWords.span(text).map { .some($0) }
        },
        .words("days", \.days, wanted: "a day or days such as mon or mon-fri", choices: RoutingWords.dayNames) {
            RoutingWords.days($0)
        },
        .word("load", \.load, wanted: "a range from 0 to 1 such as over 0.5, under 0.9 or 0.2-0.8") {
            text -> ClosedRange<Double>?? in RoutingWords.load(text).map { .some($0) }
        },
        .headers("header", \.fields, any: nil),
        RoutingKey("project") { written, reading, conditions in
            conditions.projects += reading.directories(written)
        },
    ]

    // MARK: The list

    /// The rules of a list, each a mapping.
    static func rules(_ written: ConfigurationFile.Entry, _ reading: inout RoutingReading) -> [RoutingRule] {
        let elements: [ConfigurationFile.Element]
        switch written.value {
        case .nested(let list): elements = list
        case .list(let items): elements = items.map { .init(line: $0.line, value: .scalar($0.text)) }
        case .null, .scalar, .mapping:
            reading.refuse("rules", line: written.line, "it takes a list", hint: "write '- name: NAME' below it")
            return []
        }
        var rules: [RoutingRule] = []
        /// Those that can be compared: what was not understood of a condition does not make it a weak one.
        var whole: [RoutingRule] = []
        for (index, element) in elements.enumerated() {
            guard case .mapping(let members) = element.value else {
                reading.refuse("rules", line: element.line, "a rule is a mapping", hint: "write '- use: MODEL'")
                continue
            }
            var rule = RoutingRule(name: name(members) ?? "\(index + 1)")
            let problems = reading.problems.count
            reading.apply(members, to: Self.rule, of: "rule '\(rule.name)'", &rule)
            if reading.problems.count == problems {
                if let first = whole.first(where: { $0.conditions.cover(rule.conditions) }) {
                    reading.doubt(
                        element.line, "the rule '\(rule.name)' never counts: '\(first.name)' matches before it does",
                        hint: "put it in front of '\(first.name)'")
                }
                whole.append(rule)
            }
            check(rule, members, line: element.line, others: rules, &reading)
            rules.append(rule)
        }
        return rules
    }

    /// Needed before the other keys are read: they are told by it.
    private static func name(_ members: [ConfigurationFile.Entry]) -> String? {
        guard case .scalar(let name) = members.first(where: { $0.key == "name" })?.value, !name.isEmpty else {
            return nil
        }
        return name
    }

    private static func check(
        _ rule: RoutingRule, _ members: [ConfigurationFile.Entry], line: Int, others: [RoutingRule],
        _ reading: inout RoutingReading
    ) {
        if others.contains(where: { $0.name == rule.name }) {
            reading.problem(line, "there are two rules '\(rule.name)'")
        }
        let written = Set(members.map(\.key))
        let does = written.subtracting(["name", "when"])
        if does.isEmpty {
            reading.problem(
                line, "the rule '\(rule.name)' does nothing",
                hint: "say what: use, lane, set, reasoning, privacy or refuse")
        } else if does.contains("refuse"), does.count > 1 {
            reading.problem(line, "the rule '\(rule.name)' refuses a request, and does something with it")
        }
    }

    /// What is wrong with a field that a rule wants to set.
    private static func problem(withField name: String) -> (message: String, hint: String?)? {
        if kept.contains(name) { return ("'\(name)' is not for a rule to change", nil) }
        let spelled = String(name.map { $0 == "-" ? "_" : $0 })
        let isName = !spelled.isEmpty && spelled.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
        guard isName, spelled == name else {
            return ("'\(name)' is no field of a request", isName ? "did you mean '\(spelled)'?" : nil)
        }
        return nil
    }

    /// What a request is, rather than how it is answered.
    private static let kept: Set<String> = [
        "model", "messages", "prompt", "suffix", "input_prefix", "input_suffix", "input_extra", "tools", "stream",
        "stream_options", "n", "id_slot", "cache_prompt", "return_progress",
    ]
}

extension RoutingConditions {
    fileprivate var fields: [(name: String, value: String)] {
        get { headers.map { ($0.name, $0.pattern) } }
        set { headers = newValue.map { ($0.name, $0.value) } }
    }
}
