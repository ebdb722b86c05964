import LocalCodeCore

extension Command {
    /// `localcode grammar`
    public static let grammar = Command(
        name: "grammar",
        summary: "Check, format, try out and draw grammars in GBNF",
        details: """
            GBNF is llama-server's language for what a model may write. llama-server says little about a bad grammar, and \
            hangs or crashes on some. These commands need no server and no model; 'localcode serve' makes the same check \
            before a request with a grammar reaches an engine.
            """,
        subcommands: [grammarCheck, grammarFromSchema, grammarFormat, grammarSample, grammarShow])

    private static let grammarCheck = Command(
        name: "check",
        summary: "Find mistakes in grammars, and match a text",
        details: """
            Reports every mistake with its line. An 'error' is what llama-server refuses, 'unsafe' is what it accepts and \
            then hangs or crashes on, and a 'warning' is a grammar that works, but hardly as it is meant. The exit status \
            is 1 when there is an error or something unsafe.

            With --input, the text is matched, too: if the grammar does not allow it, the place is shown with what could \
            have come there and the rules that are open, and the exit status is 1.
            """,
        operands: [grammarFile],
        options: [
            Option(
                "input", "i", value: "TEXT", completion: .file,
                help: "match this text; the name of a file, or - for standard input, works too"),
            .startRule, .json,
        ],
        examples: [
            Example("localcode grammar check list.gbnf", "find out whether llama-server will take it"),
            Example("localcode grammar check json.gbnf --input answer.json", "find out whether an answer is allowed"),
        ],
        run: { try GrammarChecking(invocation: $0).run() })

    private static let grammarFormat = Command(
        name: "fmt",
        summary: "Write grammars in the usual form",
        details: """
            A rule is in one line where it fits, else its alternatives have a line each. Comments stay where they are. \
            The result goes to standard output.
            """,
        operands: [
            Operand(
                "FILE", "a grammar; - or none is standard input", repeats: true, completion: .file)
        ],
        options: [
            Option("write", "w", help: "write the result back to the files"),
            Option("check", help: "only say which files would change; exit status 1 if one would"),
        ],
        examples: [Example("localcode grammar fmt -w *.gbnf", "format all grammars here")],
        run: { try GrammarFormatting(invocation: $0).run() })

    private static let grammarSample = Command(
        name: "sample",
        summary: "Make up texts that a grammar allows",
        details:
            "Each text is a line. If any has line breaks, an empty line stands between them; --json keeps them apart.",
        operands: [Operand("FILE", "a grammar; - is standard input", isRequired: true, completion: .file)],
        options: [
            Option(
                "count", "n", value: "N", fallback: "1", kind: .integer(1...1_000_000), help: "how many texts to make"),
            Option("seed", value: "N", kind: .integer(0...Int.max), help: "make the same texts again"),
            Option(
                "length", value: "N", fallback: "200", kind: .integer(0...1_000_000),
                help: "how many characters a text may have, where the grammar lets it end"),
            .startRule, .json,
        ],
        examples: [Example("localcode grammar sample json.gbnf -n 5", "see what a grammar lets through")],
        run: { try GrammarSampling(invocation: $0).run() })

    private static let grammarShow = Command(
        name: "show",
        summary: "Draw a grammar's rules as railroad tracks",
        operands: [
            Operand("FILE", "a grammar; - is standard input", isRequired: true, completion: .file),
            Operand("RULE", "only these rules", repeats: true),
        ],
        examples: [Example("localcode grammar show json.gbnf value", "see one rule")],
        run: { try GrammarDrawing(invocation: $0).run() })

    private static let grammarFile = Operand(
        "FILE", "a grammar; - is standard input", isRequired: true, repeats: true, completion: .file)
}

extension Option {
    fileprivate static let startRule = Option(
        "start", value: "RULE", fallback: "root", help: "the rule to start with; llama-server's is always root")
}
