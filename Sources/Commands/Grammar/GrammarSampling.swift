import LocalCodeCore

/// The work of `grammar sample`.
struct GrammarSampling {
    let invocation: Invocation

    func run() throws {
        let grammar = try GrammarFile.grammar(invocation)
        let seed = invocation.integer("seed").map(UInt64.init) ?? UInt64.random(in: 0...UInt64.max)
        let count = invocation.integer("count") ?? 1
        var sampler = try sampler(grammar, seed)
        sampler.length = invocation.integer("length") ?? sampler.length
        let output = invocation.context.output
        let texts = (0..<count).map { _ in sampler.next() }
        guard !invocation.isOn("json") else {
            return try output.write(PrettyJSON.text(.array(texts.map { .string($0) })))
        }
        guard count > 1, texts.contains(where: { $0.utf8.contains(UInt8(ascii: "\n")) }) else {
            for text in texts { try output.write(text + "\n") }
            return
        }
        for (index, text) in texts.enumerated() {
            let end = text.utf8.last == UInt8(ascii: "\n") ? "" : "\n"
            try output.write((index == 0 ? "" : "\n") + text + end)
        }
    }

    private func sampler(_ grammar: Grammar, _ seed: UInt64) throws -> GrammarSampler {
        do {
            return try GrammarSampler(grammar, seed: seed)
        } catch {
            throw Failure(error.message)
        }
    }
}

/// The work of `grammar show`.
struct GrammarDrawing {
    let invocation: Invocation

    func run() throws {
        let name = invocation.operands.first ?? "-"
        let names = Array(invocation.operands.dropFirst())
        let grammar = Grammar(try GrammarFile.read(name, invocation.context), start: names.first ?? "root")
        // What is only unsafe can be drawn, and perhaps understood.
        if !grammar.isParsed, let problem = grammar.problem { throw GrammarFile.failure(problem, name) }
        let known = grammar.ruleNames
        if let missing = names.first(where: { !known.contains($0) }) {
            let near = Spelling.nearest(to: missing, among: known)
            throw Failure("there is no rule '\(missing)'", hint: near.map { "did you mean '\($0)'?" })
        }
        try invocation.context.output.write(GrammarRailroad.draw(grammar, only: names))
    }
}
