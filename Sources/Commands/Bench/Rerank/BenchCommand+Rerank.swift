extension Command {
    static let benchRerank = Command(
        name: "rerank",
        summary: "Measure the search of source code, and what it finds",
        details: """
            Searches a tree for the first time, again, and after a file changed, and holds the walk against that of ripgrep, if \
            there is one. Without PATH it makes a tree of that many --lines and removes it at the end.

            With --questions it also counts how many of them are answered: a question whose answer is among the first ten \
            places, by words alone and, if a server answers, reranked. The file has a question a line, and behind it, after a \
            tab each, the paths below PATH of which one is to be found.
            """,
        operands: [Operand("PATH", "the tree to search", completion: .directory)],
        options: [
            Option(
                "lines", value: "N", fallback: "100000", kind: .integer(1_000...10_000_000),
                help: "lines of the tree that is made"),
            Option(
                "rounds", "r", value: "N", fallback: "7", kind: .integer(1...1_000),
                help: "how often each search is made"),
            Option("questions", value: "FILE", completion: .file, help: "questions with the files that answer them"),
            Option(
                "rg", value: "FILE", fallback: "rg", completion: .file,
                help: "ripgrep to compare with; none leaves it out"),
            Option(
                "candidates", value: "N", fallback: "50", kind: .integer(10...1_000),
                help: "how many places the model puts in order"),
            Option("model", "m", value: "NAME", help: "the server's model that puts places in order"),
            Option("json", fallback: "false", help: "print the report as JSON"),
            Option(
                "url", value: "URL", kind: .url, completion: .host,
                help: "rerank at this server instead of the proxy of this machine"),
            .host, .port, .apiKey, .glmKey,
        ],
        examples: [
            Example("localcode bench rerank", "measure the search of 100,000 lines"),
            Example(
                "localcode bench rerank Sources --questions Tests/Search/questions.tsv",
                "see what a reranker finds that words do not"),
        ],
        run: { invocation in
            let report = try await RerankBench(invocation).run()
            try invocation.context.output.write(report.text(asJSON: invocation.isOn("json")))
        })
}
