/// Why a grammar must not go to an engine.
public struct GrammarProblem: Error, Sendable, Equatable {
    /// One sentence with the place: `line 3, column 14: expected '::=' behind 'root', found the end of the line`.
    public let message: String
    /// The line of the grammar and below it a line with a caret.
    public let excerpt: String

    init(message: String, excerpt: String) {
        self.message = message
        self.excerpt = excerpt
    }

    init(_ diagnostic: GrammarDiagnostic) {
        let hint = diagnostic.hint.map { " (\($0))" } ?? ""
        message = "line \(diagnostic.line), column \(diagnostic.column): \(diagnostic.message)\(hint)"
        excerpt = diagnostic.excerpt
    }
}

/// What a grammar has to pass before it is sent to an engine.
public enum GrammarGate {
    /// The reason to refuse a grammar, in bounded time: the engine would refuse it without saying why, or hang, or crash.
    ///
    /// nil: it may go. A text without any bytes means "no grammar" to llama-server, and one that begins with `%llguidance` is in
    /// another language, which builds with that know.
    public static func problem(in grammar: [UInt8]) -> GrammarProblem? {
        if grammar.isEmpty || grammar.starts(with: "%llguidance".utf8) { return nil }
        return Grammar(grammar).problem.map(GrammarProblem.init)
    }
}
