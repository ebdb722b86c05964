/// Looks for what is wrong with a grammar that can be parsed.
///
/// The engine checks little and remembers less, so that some grammars hang or crash it: those are found here, by the same walks
/// that it makes, but each within bounds.
struct GrammarLint {
    let grammar: Grammar
    var findings: GrammarFindings
    /// By body: whether the start rule leads there.
    private(set) var isReachable: [Bool] = []

    static func check(_ grammar: Grammar, _ findings: inout GrammarFindings) {
        var lint = GrammarLint(grammar: grammar, findings: findings)
        lint.run()
        findings = lint.findings
    }

    private init(grammar: Grammar, findings: GrammarFindings) {
        self.grammar = grammar
        self.findings = findings
    }

    private mutating func run() {
        checkNames()
        guard !findings.isRefused, let start = grammar.startSymbol, let body = grammar.symbols[start].body else {
            return
        }
        isReachable = reach(from: Int(body))
        checkUse()
        checkCharacters()
        checkRecursion()
        checkEnds(start: Int(body))
        if !findings.isRefused { checkAmbiguity() }
    }

    /// Whether something has to be refused, or is only odd as nothing leads there.
    mutating func report(_ message: String, in body: Int, at offset: Int, hint: String? = nil) {
        if isReachable[body] {
            findings.unsafe(message, at: offset, hint: hint)
        } else {
            findings.warn(message, at: offset, hint: hint)
        }
    }

    func offset(of element: Int) -> Int { Int(grammar.elements[element].offset) }

    /// The name of the rule that a body is or belongs to.
    func name(_ body: Int) -> String { grammar.name(Int(grammar.bodies[body].symbol)) }
}

// MARK: - Names

extension GrammarLint {
    private mutating func checkNames() {
        let defined = grammar.symbols.count <= 2000 ? grammar.ruleNames : []
        for symbol in grammar.symbols where symbol.body == nil {
            guard !findings.isFull else { break }
            let name = grammar.string(symbol.name)
            findings.add(
                GrammarFinding(
                    "the rule '\(name)' is not defined", at: Int(symbol.name.lowerBound),
                    hint: Spelling.nearest(to: name, among: defined).map { "did you mean '\($0)'?" }))
        }
        guard grammar.startSymbol == nil else { return }
        let near =
            defined.first { $0.lowercased() == grammar.start } ?? Spelling.nearest(to: grammar.start, among: defined)
        let names = grammar.ruleNames
        let few = names.prefix(8).joined(separator: ", ") + (names.count > 8 ? ", …" : "")
        findings.add(
            GrammarFinding(
                grammar.start == "root"
                    ? "there is no rule 'root', with which llama-server begins" : "there is no rule '\(grammar.start)'",
                at: 0,
                hint: near.map { "did you mean '\($0)'?" }
                    ?? (grammar.start == "root" ? "perhaps: root ::= \(names.first ?? "")" : "the rules are: \(few)")))
    }

    private func reach(from start: Int) -> [Bool] {
        var isReachable = [Bool](repeating: false, count: grammar.bodies.count)
        isReachable[start] = true
        var work = [start]
        while let body = work.popLast() {
            for step in IteratorSequence(GrammarItems(grammar, body: body)) {
                guard case .item(let item) = step, let target = grammar.target(of: item.element), !isReachable[target],
                    !item.repetitions.contains(where: { grammar.elements[$0].high == 0 })
                else { continue }
                isReachable[target] = true
                work.append(target)
            }
        }
        return isReachable
    }

    private mutating func checkUse() {
        for symbol in grammar.symbols {
            guard findings.takesWarnings, let body = symbol.body, !isReachable[Int(body)] else { continue }
            findings.warn(
                "nothing leads from '\(grammar.start)' to the rule '\(grammar.string(symbol.name))'",
                at: Int(grammar.bodies[Int(body)].offset))
        }
    }

    /// Rules that never come to an end.
    private mutating func checkEnds(start: Int) {
        let canEnd = GrammarProperty(of: grammar) { _ in true }.holds
        guard canEnd[start] else {
            return findings.warn(
                "no text is ever complete: '\(grammar.start)' leads to itself in every alternative",
                at: Int(grammar.bodies[start].offset), hint: "the answer ends at the limit of tokens only")
        }
        for symbol in grammar.symbols {
            guard let body = symbol.body, isReachable[Int(body)], !canEnd[Int(body)], findings.takesWarnings else {
                continue
            }
            findings.warn(
                "the rule '\(grammar.string(symbol.name))' never comes to an end: it leads to itself in every alternative",
                at: Int(grammar.bodies[Int(body)].offset), hint: "what begins it runs to the limit of tokens")
        }
    }
}
