import LocalCodeCore

/// A conversation at a prompt. It reads lines and writes text, and knows no terminal.
struct Repl {
    /// What a session needs from outside.
    struct Surroundings: Sendable {
        var context: Context
        /// Asks the user for a line; the earlier ones are there to be called back.
        var readLine: @Sendable (_ prompt: String, _ history: [String]) async throws -> PromptResult
        /// Runs an answer so that Ctrl-C cancels it.
        var interruptible: @Sendable (_ answer: @escaping @Sendable () async -> ChatOutcome) async -> ChatOutcome
    }

    private let surroundings: Surroundings
    private let client: ChatClient
    /// What every request has in common.
    private var template: ChatRequestBody
    private var conversation: Conversation
    private var history: InputHistory
    /// What goes with the next message.
    private var files: [TextFile]
    private var images: [ChatImage]
    /// Files that this session wrote and may write again.
    private var saved: Set<String> = []

    /// - Parameters:
    ///   - template: model, limits and shape; its messages do not matter.
    ///   - attachments: what goes with the first message.
    init(
        _ surroundings: Surroundings, client: ChatClient, template: ChatRequestBody, system: String?,
        attachments: ChatPrompt,
        history: InputHistory
    ) {
        self.surroundings = surroundings
        self.client = client
        self.template = template
        conversation = Conversation(system: system)
        files = attachments.files
        images = attachments.images
        self.history = history
    }

    /// Talks until the user leaves.
    mutating func run() async throws {
        try say("\(client.endpoint.base)\(template.model.map { ", model \($0)" } ?? ""). /help lists the commands.")
        for file in files { try say("attached: \(file.path)") }
        for image in images { try say("attached: \(image.path)") }
        var input = ReplInput()
        while true {
            switch try await surroundings.readLine(input.isOpen ? "… " : "> ", history.entries) {
            case .end: return
            case .interrupted: input = ReplInput()
            case .line(let line):
                guard let whole = input.add(line) else { continue }
                history.add(whole)
                guard try await take(whole) else { return }
            }
        }
    }

    /// Does what an input asks for.
    /// - Returns: false when the session is over.
    private mutating func take(_ input: String) async throws -> Bool {
        do {
            switch ReplCommand.parse(input) {
            case .message(let text): try await ask(text)
            case .help: try help()
            case .system(let text): try setSystem(text)
            case .model(let name):
                if let name { template.model = name }
                try say("model: \(template.model ?? "(the server's own)")")
            case .file(let path):
                files.append(try ChatFile.text(expanded(path), in: directory))
                try say("goes with the next message: \(path)")
            case .image(let path):
                images.append(try ChatFile.image(expanded(path), in: directory))
                try say("goes with the next message: \(path)")
            case .save(let path): try save(expanded(path))
            case .reset:
                conversation.reset()
                (files, images) = ([], [])
                try say("the conversation is forgotten")
            case .quit: return false
            case .mistake(let message, let hint): throw Failure(message, hint: hint)
            }
        } catch let failure as Failure {
            try report(failure)
        }
        return true
    }

    private mutating func ask(_ text: String) async throws {
        let prompt = ChatPrompt(words: [text], files: files, images: images)
        guard !prompt.isEmpty else { return }
        var body = template
        body.messages = conversation.wire + [prompt.message]
        let (client, context) = (client, surroundings.context)
        let outcome = await surroundings.interruptible { [body] in await ChatSession.show(body, client, context) }
        if conversation.add(prompt.message, outcome.reply) { (files, images) = ([], []) }
        switch outcome.ending {
        case .complete: try say(Self.summary(outcome.reply.usage))
        case .cancelled: try say(outcome.reply.text.isEmpty ? "stopped; the question is not kept" : "stopped")
        case .failed(let error):
            if outcome.reply.finish != nil { try say(Self.summary(outcome.reply.usage)) }
            throw error
        }
    }

    /// What an answer cost, in a line: how much of the prompt the engine did not have to read again.
    private static func summary(_ usage: ChatUsage?) -> String {
        guard let usage else { return "" }
        let cached = usage.cached.map { " (\($0) from the cache)" } ?? ""
        return "\(usage.prompt) tokens in\(cached), \(usage.completion) out"
    }

    private mutating func setSystem(_ text: String?) throws {
        guard let text else { return try say("system: \(conversation.system ?? "(none)")") }
        conversation.setSystem(text)
        try say(
            conversation.messages.isEmpty ? "system message set" : "system message set; the conversation is read anew")
    }

    private mutating func save(_ path: String) throws {
        let absolute = ChatFile.absolute(path, in: directory)
        guard try saved.contains(absolute) || FileText.bytes(at: absolute, limit: .max - 1) == nil else {
            throw Failure("\(path) exists already", hint: "choose another name")
        }
        let isJSON = path.lowercased().hasSuffix(".json")
        try FileText.write(isJSON ? conversation.json(model: template.model) : conversation.markdown, to: absolute)
        saved.insert(absolute)
        try say("saved: \(path)")
    }

    private func help() throws {
        let width = ReplCommand.summary.map(\.usage.count).max() ?? 0
        for (usage, help) in ReplCommand.summary {
            try say("\(usage)\(String(repeating: " ", count: width - usage.count))  \(help)")
        }
        try say("A line that ends in \\ goes on; \"\"\" opens and closes a block; Alt-Enter begins a new line.")
        try say("Ctrl-C stops the answer.")
    }

    // MARK: Surroundings

    private var directory: String { surroundings.context.workingDirectory }

    /// `~/` is the shell's business elsewhere; here there is no shell.
    private func expanded(_ path: String) -> String {
        guard path.hasPrefix("~/"), let home = surroundings.context.environment["HOME"] else { return path }
        return home + path.dropFirst()
    }

    /// A line of the session itself, told apart from the model's by being dimmed.
    private func say(_ text: String) throws {
        guard !text.isEmpty else { return }
        let output = surroundings.context.output
        let clean = TerminalText.neutralized(text)
        try output.write(output.hasColor ? "\u{1B}[2m\(clean)\u{1B}[22m\n" : "\(clean)\n")
    }

    private func report(_ failure: Failure) throws {
        let error = surroundings.context.error
        let red = error.hasColor ? ("\u{1B}[1;31m", "\u{1B}[0m") : ("", "")
        try error.write("\(red.0)error:\(red.1) \(failure.message)\n" + (failure.hint.map { "  hint: \($0)\n" } ?? ""))
    }
}
