import LocalCodeCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension Command {
    /// `localcode chat`
    public static let chat = Command(
        name: "chat",
        summary: "Ask a model a question, or talk with it",
        details: """
            Sends the prompt to a model and prints its answer while it comes. What is piped into the command follows the \
            prompt; without a prompt it is the prompt. On a terminal without a prompt, a conversation begins.

            The request goes to the 'localcode serve' of this machine, or with --url to any server of the OpenAI API: a \
            llama-server, the GLM API or another one. What the model thinks before it answers is shown on a terminal only.

            The exit status is 0 when the answer came whole and fits the schema if there is one, 1 when not (also when \
            the limit of tokens cut it off), 2 for a mistake in the command line, and 130 after Ctrl-C.
            """,
        operands: [Operand("PROMPT", "what to ask; several words are joined", repeats: true)],
        options: [
            Option(
                "file", "f", value: "FILE", repeats: true, completion: .file,
                help: "send this text file along (up to 8 MiB)"),
            Option(
                "image", value: "FILE", repeats: true, completion: .file,
                help: "send this picture along: PNG, JPEG, WebP or GIF, or its URL",
                details: "The server fetches the URL: 'localcode serve' as its setting image-urls says."),
            .model,
            Option("system", "s", value: "TEXT", help: "instructions that come before the conversation"),
            Option(
                "json-schema", value: "FILE", completion: .file, help: "make the answer fit the JSON schema in FILE",
                details: "The answer is checked: one that does not fit is printed, and the exit status is 1."),
            Option(
                "grammar", value: "FILE", completion: .file,
                help: "make the answer fit the GBNF grammar in FILE (llama.cpp only)"),
            Option("max-tokens", value: "N", kind: .integer(1...Int(Int32.max)), help: "longest answer, in tokens"),
            Option(
                "temperature", value: "T", kind: .number(0...2),
                help: "how freely the model chooses its words; 0 is the most likely ones"),
            Option("stream", fallback: "true", help: "print the answer while it comes"),
            Option(
                "json", help: "print the server's whole response instead of the answer",
                details: "The response comes unchanged and in one piece: --json turns streaming off."),
            Option(
                "url", value: "URL", kind: .url, completion: .host,
                help: "ask this server instead of the proxy of this machine",
                details: """
                    The base URL of an OpenAI-compatible API, with or without /v1. For the GLM API: \
                    https://api.z.ai/api/coding/paas/v4.
                    """),
            .host, .port, .apiKey, .glmKey,
        ],
        examples: [
            Example("localcode chat \"why is this slow?\" < main.c", "ask about what is piped in"),
            Example("localcode chat -f Makefile -f build.log \"why does it fail?\"", "ask about files"),
            Example("localcode chat --json-schema person.json < mail.txt | jq .name", "get an answer for a program"),
            Example("localcode chat --url http://127.0.0.1:8080", "talk with a llama-server"),
        ],
        run: { invocation in try await ChatRun(invocation).run() })
}

/// One run of `localcode chat`.
private struct ChatRun {
    private let invocation: Invocation
    private var context: Context { invocation.context }

    init(_ invocation: Invocation) { self.invocation = invocation }

    func run() async throws {
        var body = try template()
        let files = try invocation.all("file").map { try ChatFile.text($0, in: context.workingDirectory) }
        let images = try invocation.all("image").map { try ChatFile.image($0, in: context.workingDirectory) }
        let input = context.inputIsTerminal ? "" : try pipedText()
        let prompt = ChatPrompt(words: invocation.operands, files: files, input: input, images: images)
        let client = try ChatClient(endpoint, environment: context.environment)

        if context.inputIsTerminal, prompt.words.isEmpty {
            return try await talk(client, template: body, attachments: prompt)
        }
        guard !prompt.isEmpty else {
            throw UsageError(
                "nothing to ask", hint: "give a prompt, or pipe one in: localcode chat \"what is a KV cache?\"")
        }
        body.messages = Conversation(system: invocation["system"]).wire + [prompt.message]
        try await ask(client, body)
    }

    // MARK: One question

    private func ask(_ client: ChatClient, _ body: ChatRequestBody) async throws {
        let (context, isRaw) = (context, invocation.isOn("json"))
        let outcome = try await ChatSession.interruptible {
            isRaw ? await ChatSession.showRaw(body, client, context) : await ChatSession.show(body, client, context)
        }
        switch outcome.ending {
        case .complete: return
        case .cancelled: SignalWatch.die(of: SIGINT)
        case .failed(let error): throw error
        }
    }

    // MARK: A conversation

    private func talk(_ client: ChatClient, template: ChatRequestBody, attachments: ChatPrompt) async throws {
        guard context.output.isTerminal, !invocation.isOn("json"), let terminal = Terminal(STDIN_FILENO) else {
            throw UsageError(
                "nothing to ask", hint: "give a prompt; a conversation needs a terminal for input and output")
        }
        try await client.greet()
        try await ChatSession.onTerminal(terminal, context) { surroundings in
            var repl = Repl(
                surroundings, client: client, template: template, system: invocation["system"],
                attachments: attachments,
                history: InputHistory(path: InputHistory.path(environment: context.environment)))
            try await repl.run()
        }
    }

    // MARK: Options

    private var endpoint: ChatEndpoint { ChatEndpoint(invocation) }

    /// All of a request but its messages.
    private func template() throws -> ChatRequestBody {
        ChatRequestBody(
            model: endpoint.model(invocation), messages: [],
            isStreaming: invocation.isOn("stream") && !invocation.isOn("json"),
            maxTokens: invocation.integer("max-tokens"), temperature: invocation.number("temperature"),
            shape: try shape())
    }

    private func shape() throws -> ChatRequestBody.Shape? {
        switch (invocation["json-schema"], invocation["grammar"]) {
        case (_?, _?): throw UsageError("--json-schema and --grammar exclude each other")
        case (let path?, nil):
            let text = try ChatFile.text(path, in: context.workingDirectory).text
            do {
                let schema = try JSONValue(parsing: Array(text.utf8))
                guard schema.kind == .object else { throw Failure("\(path) is no JSON schema: it must be an object") }
                do throws(SchemaError) { _ = try JSONSchema(schema) } catch {
                    throw Failure("\(path) is no JSON schema that an answer can be checked against: \(error)")
                }
                return .schema(schema, name: ChatRequestBody.schemaName(path: path))
            } catch let error as JSONError {
                throw Failure("\(path) is no JSON: \(error)")
            }
        case (nil, let path?):
            guard !endpoint.isGLM else {
                throw UsageError("the GLM API takes no grammar", hint: "use --json-schema through 'localcode serve'")
            }
            return .grammar(try ChatFile.text(path, in: context.workingDirectory).text)
        case (nil, nil): return nil
        }
    }

    private func pipedText() throws -> String {
        let bytes = try context.readInput(ChatFile.textLimit + 1)
        try ChatFile.check(bytes, name: "standard input", limit: ChatFile.textLimit)
        return try ChatFile.text(bytes, name: "standard input")
    }
}
