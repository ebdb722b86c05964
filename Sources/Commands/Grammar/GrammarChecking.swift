import LocalCodeCore

/// The work of `grammar check`.
struct GrammarChecking {
    let invocation: Invocation
    private var context: Context { invocation.context }
    private var isJSON: Bool { invocation.isOn("json") }

    func run() throws {
        let input = try self.input()
        var (refused, unmatched): ([String], [String]) = ([], [])
        var reports: [JSONValue] = []
        for name in invocation.operands {
            let grammar = Grammar(try GrammarFile.read(name, context), start: invocation["start"] ?? "root")
            let match = try input.flatMap { try self.match($0, grammar) }
            if !grammar.isUsable {
                refused.append(GrammarFile.title(name))
            } else if let match, match != .accepted {
                unmatched.append(GrammarFile.title(name))
            }
            if isJSON {
                reports.append(Self.json(name, grammar, match))
            } else {
                try context.output.write(text(name, grammar, match))
            }
        }
        if isJSON { try context.output.write(PrettyJSON.text(.array(reports))) }
        var problems = refused.isEmpty ? [] : ["not in order: \(refused.joined(separator: ", "))"]
        if !unmatched.isEmpty {
            let names = invocation.operands.count > 1 ? ": \(unmatched.joined(separator: ", "))" : ""
            problems.append("the text does not match\(names)")
        }
        guard problems.isEmpty else { throw Failure(problems.joined(separator: "; ")) }
    }

    /// The text to match: that of a file if there is one of this name, else the words themselves.
    private func input() throws -> [UInt8]? {
        guard let text = invocation["input"] else { return nil }
        if text == "-" {
            guard !invocation.operands.contains("-") else {
                throw UsageError("standard input can be the grammar or the text, not both")
            }
            return try GrammarFile.read("-", context)
        }
        guard !text.isEmpty, Directories.isFile(CacheStore.absolute(text, context)) else {
            if Self.isLikeFileName(text) {
                try context.error.write("note: there is no file '\(text)': it is matched as text\n")
            }
            return Array(text.utf8)
        }
        return try GrammarFile.read(text, context)
    }

    /// Whether a text looks like a path, or like a name with an extension.
    private static func isLikeFileName(_ text: String) -> Bool {
        guard !text.contains(where: { $0.isWhitespace || "{}[]<>\"',:".contains($0) }) else { return false }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return text.contains("/") || parts.count > 1 && parts.last?.first?.isLetter == true
    }

    private func match(_ text: [UInt8], _ grammar: Grammar) throws -> GrammarMatch? {
        guard grammar.isUsable else { return nil }
        do {
            var matcher = try GrammarMatcher(grammar)
            return matcher.match(text)
        } catch {
            throw Failure(error.message)
        }
    }
}

// MARK: - Text

extension GrammarChecking {
    private func text(_ name: String, _ grammar: Grammar, _ match: GrammarMatch?) -> String {
        let title = GrammarFile.title(name)
        var lines: [String] = []
        for diagnostic in grammar.diagnostics {
            let place = "\(title):\(diagnostic.line):\(diagnostic.column):"
            lines.append("\(place) \(colored(diagnostic.severity)) \(diagnostic.message)")
            lines += diagnostic.excerpt.split(separator: "\n", omittingEmptySubsequences: false).map { "    \($0)" }
            if let hint = diagnostic.hint { lines.append("    hint: \(hint)") }
        }
        if grammar.isUsable {
            let count = grammar.ruleNames.count
            lines.append("\(title): in order, \(count) rule\(count == 1 ? "" : "s")")
        }
        if let match { lines += Self.lines(match) }
        return lines.map { $0 + "\n" }.joined()
    }

    private func colored(_ severity: GrammarDiagnostic.Severity) -> String {
        let text = severity.rawValue + ":"
        guard context.output.hasColor else { return text }
        return "\u{1B}[1;\(severity == .warning ? 33 : 31)m\(text)\u{1B}[0m"
    }

    private static func lines(_ match: GrammarMatch) -> [String] {
        switch match {
        case .accepted:
            return ["the text matches"]
        case .abandoned(let offset, let reason):
            return ["the text was read up to byte \(offset): \(reason)"]
        case .rejected(let rejection):
            let place = "line \(rejection.line), column \(rejection.column)"
            let excerpt = rejection.excerpt.split(separator: "\n", omittingEmptySubsequences: false).map { "    \($0)" }
            return ["the text does not match: \(rejection.found) in \(place)"] + excerpt + [
                "    expected: " + rejection.expected.joined(separator: " or "),
                "    in: " + rejection.rules.joined(separator: " > "),
            ]
        }
    }
}

// MARK: - JSON

extension GrammarChecking {
    private static func json(_ name: String, _ grammar: Grammar, _ match: GrammarMatch?) -> JSONValue {
        var object: JSONObject = ["file": .string(name), "usable": .bool(grammar.isUsable)]
        object["rules"] = .array(grammar.ruleNames.map { .string($0) })
        object["findings"] = .array(grammar.diagnostics.map(json))
        if let match { object["match"] = json(match) }
        return .object(object)
    }

    private static func json(_ diagnostic: GrammarDiagnostic) -> JSONValue {
        [
            "severity": .string(diagnostic.severity.rawValue), "line": .number(diagnostic.line),
            "column": .number(diagnostic.column), "offset": .number(diagnostic.offset),
            "message": .string(diagnostic.message), "hint": diagnostic.hint.map { .string($0) } ?? .null,
        ]
    }

    private static func json(_ match: GrammarMatch) -> JSONValue {
        switch match {
        case .accepted: ["accepted": true]
        case .abandoned(let offset, let reason):
            ["accepted": false, "offset": .number(offset), "reason": .string(reason)]
        case .rejected(let rejection):
            [
                "accepted": false, "offset": .number(rejection.offset), "line": .number(rejection.line),
                "column": .number(rejection.column), "found": .string(rejection.found),
                "incomplete": .bool(rejection.isIncomplete),
                "expected": .array(rejection.expected.map { .string($0) }),
                "rules": .array(rejection.rules.map { .string($0) }),
            ]
        }
    }
}
