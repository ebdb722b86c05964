import LocalCodeCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension Command {
    /// `localcode fim`
    public static let fim = Command(
        name: "fim",
        summary: "Let a model write what is missing at a place in a file",
        details: """
            Sends what stands before and behind the place to a model that was made to fill in the middle, and prints the text \
            that belongs between. The place is FILE:LINE:COL, both numbers from 1, as compilers and editors write it; without \
            COL it is the end of the line. Or name what stands on both sides with --prefix and --suffix; or pipe a text in \
            that has a mark where the text is missing.

            Of a long file the lines next to the place are sent. With --extra, and with --context auto, the model sees pieces \
            of other files as well.

            The request goes to POST /infill of the 'localcode serve' of this machine, or with --url to any llama-server. A \
            model whose name begins with glm- has no such ability and is asked in a chat instead.

            The exit status is 0 when every suggestion came whole, 1 when not, 2 for a mistake in the command line, and 130 \
            after Ctrl-C.
            """,
        operands: [Operand("FILE:LINE:COL", "where the text is missing", completion: .file)],
        options: [
            Option("prefix", value: "FILE", completion: .file, help: "what stands before the gap"),
            Option("suffix", value: "FILE", completion: .file, help: "what stands behind the gap"),
            Option(
                "mark", value: "TEXT", fallback: "<CURSOR>", help: "what stands for the gap in what is piped in"),
            Option(
                "extra", "x", value: "FILE", repeats: true, completion: .file,
                help: "show the model the beginning of this file, too"),
            Option(
                "context", value: "KIND", fallback: "none", choices: ["none", "auto"],
                help: "whether to look for files that matter",
                details: """
                    With auto the model also sees files that FILE imports, and files of its language that changed since the \
                    last commit or in the last ones.
                    """),
            Option(
                "n", "n", value: "N", fallback: "1", kind: .integer(1...32), help: "how many suggestions to make",
                details: "They differ by their seeds: 1 to N."),
            Option("stop", value: "TEXT", repeats: true, help: "end before this text"),
            Option(
                "max-tokens", value: "N", fallback: "128", kind: .integer(1...Int(Int32.max)),
                help: "longest suggestion, in tokens"),
            Option(
                "temperature", value: "T", kind: .number(0...2),
                help: "how freely the model chooses; 0 by default, or 0.7 for several"),
            Option("model", "m", value: "NAME", help: "the server's model to ask; it chooses one by default"),
            Option(
                "diff", help: "print the change to FILE as a diff",
                details: "'git apply' and 'patch -p1' take it, in the directory where the command ran."),
            .json,
            Option(
                "url", value: "URL", kind: .url, completion: .host,
                help: "ask this server instead of the proxy of this machine",
                details: "The base URL of a 'localcode serve' or of a llama-server, with or without /v1."),
            .host, .port, .apiKey, .glmKey,
        ],
        examples: [
            Example("localcode fim main.c:12:5", "write what belongs at line 12, column 5"),
            Example("localcode fim main.c:12 --context auto --diff | git apply", "write it into the file"),
            Example("printf 'def add(a, b):\\n    <CURSOR>\\n' | localcode fim --stop $'\\n'", "fill a gap in a text"),
        ],
        run: { invocation in try await FIMRun(invocation).run() })
}

/// One run of `localcode fim`.
private struct FIMRun {
    private let invocation: Invocation
    private var context: Context { invocation.context }
    private let count: Int
    private let temperature: Double

    init(_ invocation: Invocation) throws {
        self.invocation = invocation
        count = invocation.integer("n") ?? 1
        temperature = invocation.number("temperature") ?? (count > 1 ? 0.7 : 0)
        guard count == 1 || temperature > 0 else {
            throw UsageError("at temperature 0 all suggestions are the same", hint: "leave out -n or --temperature")
        }
        guard count == 1 || !invocation.isOn("diff") else {
            throw UsageError("--diff shows one change", hint: "leave out -n, or take --json")
        }
        guard !invocation.isOn("json") || !invocation.isOn("diff") else {
            throw UsageError("--json and --diff exclude each other")
        }
    }

    func run() async throws {
        let gap = try gap()
        guard gap.path != nil || !invocation.isOn("diff") else {
            throw UsageError("--diff needs a file to change", hint: "name the place as FILE:LINE:COL")
        }
        let endpoint = ChatEndpoint(invocation)
        let client = try FIMClient(endpoint, environment: context.environment)
        let request = try await request(gap)
        let suggestions = try await interruptible { try await ask(client, request) }
        try report(suggestions, gap)
    }

    // MARK: What is asked

    private func gap() throws -> FIMGap {
        let (prefix, suffix) = (invocation["prefix"], invocation["suffix"])
        if let text = invocation.operands.first {
            guard prefix == nil, suffix == nil else {
                throw UsageError("the place is named twice", hint: "FILE:LINE:COL, or --prefix and --suffix")
            }
            let place = try FIMPlace(text)
            return try FIMGap(place, in: try file(place.path).text)
        }
        if prefix != nil || suffix != nil {
            return FIMGap(
                prefix: try prefix.map { try file($0).text } ?? "", suffix: try suffix.map { try file($0).text } ?? "")
        }
        guard !context.inputIsTerminal else {
            throw UsageError("where is text missing?", hint: "name the place: localcode fim main.c:12:5")
        }
        let bytes = try context.readInput(ChatFile.textLimit + 1)
        try ChatFile.check(bytes, name: "standard input", limit: ChatFile.textLimit)
        return try FIMGap(
            marked: try ChatFile.text(bytes, name: "standard input"), mark: invocation["mark"] ?? "<CURSOR>")
    }

    private func file(_ path: String) throws -> TextFile { try ChatFile.text(path, in: context.workingDirectory) }

    private func request(_ gap: FIMGap) async throws -> FIMRequest {
        var chunks = try invocation.all("extra").map { path in
            FIMChunk(filename: path, text: try file(path).text)
        }
        if invocation["context"] == "auto" {
            guard let path = gap.path else {
                throw UsageError("--context auto needs a file", hint: "name the place as FILE:LINE:COL")
            }
            chunks += await FIMSurroundings(path: path, context: context).chunks(text: gap.prefix + gap.suffix)
        }
        let around = FIMContext.assemble(prefix: gap.prefix, suffix: gap.suffix, extra: chunks)
        return FIMRequest(
            model: invocation.typed("model"), context: around, tokens: invocation.integer("max-tokens") ?? 128,
            stop: invocation.all("stop"), temperature: temperature)
    }

    // MARK: What comes back

    /// One after the other: a server may take a newer request for the same file as the end of an older one.
    private func ask(_ client: FIMClient, _ request: FIMRequest) async throws -> [FIMSuggestion] {
        let progress = ProgressLine(context.error, steps: count)
        defer { progress.end() }
        var suggestions: [FIMSuggestion] = []
        for number in 1...count {
            progress.step("filling in")
            var request = request
            request.seed = number
            suggestions.append(try await progress.ticking { [request] in try await client.fill(request) })
        }
        return suggestions
    }

    private func interruptible<Value: Sendable>(
        _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let task = Task(operation: work)
        let watch = try SignalWatch([SIGINT]) { _ in task.cancel() }
        defer { watch.stop() }
        do {
            return try await task.value
        } catch is CancellationError {
            SignalWatch.die(of: SIGINT)
        }
    }

    private func report(_ suggestions: [FIMSuggestion], _ gap: FIMGap) throws {
        let output = context.output
        if invocation.isOn("json") {
            try output.write(PrettyJSON.text(.array(suggestions.map(\.json))))
        } else if invocation.isOn("diff") {
            let diff = FIMDiff(gap, insertion: suggestions.first?.text ?? "", in: context.workingDirectory)
            try output.write(diff.text)
        } else {
            for (index, suggestion) in suggestions.enumerated() {
                if index > 0 { try output.write("--\n") }
                // A pipe gets the text as it is.
                let text = output.isTerminal ? TerminalText.neutralized(suggestion.text) : suggestion.text
                let isWhole = text.hasSuffix("\n") || suggestions.count == 1 && !output.isTerminal
                try output.write(text + (isWhole ? "" : "\n"))
            }
        }
        if suggestions.allSatisfy(\.text.isEmpty) {
            try context.error.write("localcode: note: the model would write nothing there\n")
        }
    }
}
