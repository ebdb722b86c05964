import LocalCodeCore

extension Command {
    /// `localcode rerank`
    public static let rerank = Command(
        name: "rerank",
        summary: "Search source code, or documents, by what they mean",
        details: """
            Finds the places that answer a question in ordinary words. Files are walked as git does it: what its ignore files \
            leave out is passed over, and so are binary files and files above 1 MiB. They are cut into chunks at definitions \
            and blank lines; the words of their identifiers choose the candidates (BM25), and a model puts these in order.

            The model is the reranker of the 'localcode serve' of this machine, or another model there, or with --url that of \
            any server with POST /v1/rerank. Where no server answers, or it has no model for it, the words alone decide, and a \
            line on standard error says so.

            What was read of a tree is kept in the cache directory, and only files whose size or time changed are read again. \
            With '-' as PATH the documents come from standard input: one a line, or a JSON array of strings or of objects \
            with a text.

            The exit status is 0 when something was found, 1 when nothing was or the work failed, and 2 for a mistake in the \
            command line.
            """,
        operands: [
            Operand("QUESTION", "what to look for, in one argument", isRequired: true),
            Operand(
                "PATH", "what to search, here by default; '-' stands for standard input",
                repeats: true, completion: .file),
        ],
        options: [
            Option(
                "top", "n", value: "N", fallback: "10", kind: .integer(1...1_000),
                help: "how many places to print, the best first"),
            Option(
                "type", "t", value: "TYPE", repeats: true,
                help: "only files of this language (swift, python, c, …) or with this ending",
                details: "A name that is no language is an ending: --type proto means files like api.proto."),
            Option(
                "lines", value: "N", fallback: "10", kind: .integer(0...1_000),
                help: "the most lines of each place to print"),
            Option("list", "l", help: "print the files' paths alone; of standard input, the documents alone"),
            Option("lexical", help: "let the words decide, and ask no server"),
            Option(
                "candidates", value: "N", fallback: "50", kind: .integer(1...1_000),
                help: "how many places the model puts in order"),
            Option("model", "m", value: "NAME", help: "the server's model to ask; it chooses one by default"),
            .json,
            Option(
                "url", value: "URL", kind: .url, completion: .host,
                help: "ask this server instead of the proxy of this machine",
                details: "Then it is a failure when it does not answer."),
            .host, .port, .apiKey, .glmKey, .cacheDirectory,
        ],
        examples: [
            Example("localcode rerank \"where are retries limited\"", "search the working directory"),
            Example("localcode rerank \"parse durations\" src lib -t c -n 3", "search the C files of two directories"),
            Example("localcode rerank \"token refresh\" -l | xargs $EDITOR", "open the files that matter"),
            Example("git log --format=%s | localcode rerank \"flaky test\" -", "put documents in order"),
        ],
        run: { invocation in try await RerankRun(invocation).run() })
}
