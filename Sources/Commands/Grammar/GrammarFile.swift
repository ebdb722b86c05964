import LocalCodeCore

/// A file that a grammar or a text for it is in.
enum GrammarFile {
    /// The longest one that is read, in bytes.
    private static let limit = 64 << 20

    /// Reads a file; `-` is standard input.
    static func read(_ name: String, _ context: Context) throws -> [UInt8] {
        if name == "-" {
            let bytes = try context.readInput(limit + 1)
            guard bytes.count <= limit else { throw Failure("standard input is larger than \(limit) bytes") }
            return bytes
        }
        guard let bytes = try FileText.bytes(at: CacheStore.absolute(name, context), limit: limit) else {
            throw Failure("there is no file \(name)")
        }
        return bytes
    }

    /// A grammar that can be used.
    static func grammar(_ invocation: Invocation) throws -> Grammar {
        let name = invocation.operands.first ?? "-"
        let grammar = Grammar(try read(name, invocation.context), start: invocation["start"] ?? "root")
        if let problem = grammar.problem { throw failure(problem, name) }
        return grammar
    }

    /// What a command other than `check` says.
    static func failure(_ problem: GrammarDiagnostic, _ name: String) -> Failure {
        Failure("\(title(name)):\(problem.line):\(problem.column): \(problem.message)", hint: problem.hint)
    }

    /// What a file is called in messages.
    static func title(_ name: String) -> String { name == "-" ? "standard input" : name }
}
