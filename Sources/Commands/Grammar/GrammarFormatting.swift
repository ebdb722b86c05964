import LocalCodeCore

/// The work of `grammar fmt`.
struct GrammarFormatting {
    let invocation: Invocation
    private var context: Context { invocation.context }

    func run() throws {
        let names = invocation.operands.isEmpty ? ["-"] : invocation.operands
        let isChecking = invocation.isOn("check")
        let isWriting = invocation.isOn("write")
        guard !isChecking || !isWriting else { throw UsageError("--check and --write exclude each other") }
        guard !isWriting || !names.contains("-") else {
            throw UsageError("standard input cannot be written back", hint: "leave --write out")
        }
        var changed: [String] = []
        for name in names {
            let text = try GrammarFile.read(name, context)
            let grammar = Grammar(text)
            guard let formatted = GrammarFormat.format(grammar) else {
                throw grammar.problem.map { GrammarFile.failure($0, name) }
                    ?? Failure("\(GrammarFile.title(name)) cannot be parsed")
            }
            if !isChecking, !isWriting {
                try context.output.write(formatted)
            } else if !formatted.utf8.elementsEqual(text) {
                changed.append(name)
                if isWriting {
                    try FileText.write(formatted, to: CacheStore.absolute(name, context))
                } else {
                    try context.output.write("\(GrammarFile.title(name))\n")
                }
            }
        }
        guard !isChecking || changed.isEmpty else {
            throw Failure(
                "\(changed.count) file\(changed.count == 1 ? " is" : "s are") not in the usual form",
                hint: "'localcode grammar fmt --write' formats them")
        }
    }
}
