/// What kinds of requests are recognised by; the first row that matches counts. Jobs in the background are told by the
/// system prompt, which no user writes, and by there being no tools: a turn is never taken for one. Sources: the prompts
/// of the clients.
enum KindRules {
    /// Bodies without messages: their fields tell.
    static let shapes: [ClassRule<RequestKind>] = [
        ClassRule(.fim, "infill", .fields, .exists, ["input_prefix"]),
        ClassRule(.fim, "infill", .fields, .exists, ["input_suffix"]),
        ClassRule(.rerank, "documents", .fields, .exists, ["query", "documents"]),
        ClassRule(.rerank, "documents", .fields, .exists, ["query", "texts"]),
        ClassRule(.fim, "suffix", .fields, .exists, ["prompt", "suffix"]),
        ClassRule(
            .fim, "gap in the prompt", .prompt, .contains,
            [
                "<|fim_prefix|>", "<|fim_suffix|>", "<fim_prefix>", "<fim_suffix>", "<fim-prefix>", "<|repo_name|>",
                "<｜fim▁begin｜>",
                "<|code_prefix|>", "[suffix]",
            ]),
        ClassRule(.completion, "prompt", .fields, .exists, ["prompt"]),
        ClassRule(.embedding, "input", .fields, .exists, ["input"]),
    ]

    /// Conversations.
    static let chats: [ClassRule<RequestKind>] = jobs + agents + forms

    private static let jobs: [ClassRule<RequestKind>] = [
        ClassRule(.title, "title prompt", .system, .begins, ["You are a title generator"], tools: .none),
        ClassRule(
            .title, "title prompt", .system, .begins,
            [
                "Summarize this coding conversation in under 50 characters", "Generate a concise, sentence-case title",
                "Analyze if this message indicates a new conversation topic",
            ], tools: .none, clients: [.claudeCode]),
        ClassRule(
            .title, "title prompt", .request, .begins, ["Generate a concise 3-7 word title for this conversation"],
            tools: .none, clients: [.zed]),
        ClassRule(
            .compaction, "compaction prompt", .system, .begins,
            [
                "You are a context summarization agent", "You are an anchored context summarization",
                "You are a helpful AI assistant tasked with summarizing conversations",
            ], tools: .none),
        // Version 2 of OpenCode goes on with the conversation to have it summarized.
        ClassRule(
            .compaction, "compaction prompt", .request, .begins,
            [
                "You MUST summarize the conversation above into a structured summary",
                "Update the existing checkpoint in the conversation above",
            ], clients: [.openCode2]),
        ClassRule(
            .compaction, "compaction reminder", .request, .ends,
            ["The previous response did not fill in the required summary template."], clients: [.openCode2]),
        ClassRule(
            .compaction, "compaction prompt", .request, .begins,
            ["Your task is to create a detailed summary of the conversation so far"],
            clients: [.claudeCode, .cline, .roo]),
        ClassRule(
            .summary, "summary prompt", .system, .begins,
            [
                "Summarize what was done in this conversation", "*Briefly* summarize this partial conversation",
                "Briefly summarize this partial conversation",
            ], tools: .none),
        ClassRule(
            .summary, "summary prompt", .request, .begins, ["Generate a detailed summary of this conversation"],
            tools: .none, clients: [.zed]),
        ClassRule(
            .commit, "commit prompt", .system, .contains,
            [
                "git commit message", "writing git commits", "commit message generator", "commit messages based on",
                "write a commit message", "write commit messages", "writes commit messages",
                "generate a commit message",
                "generate commit messages", "generates commit messages", "generates a commit message",
            ], tools: .none),
        ClassRule(.commit, "commit message for a diff", .diff, .contains, ["commit message"], tools: .none),
        ClassRule(
            .commit, "commit prompt", .request, .contains, ["writing git commits", "commit message for"], tools: .none,
            clients: [.zed]),
        ClassRule(
            .structured, "agent prompt", .system, .begins, ["You are an elite AI agent architect"], tools: .none),
    ]

    private static let agents: [ClassRule<RequestKind>] = [
        ClassRule(.explore, "search prompt", .system, .begins, ["You are a file search specialist"]),
        ClassRule(.subagent, "x-localcode-parent", .header("x-localcode-parent")),
        ClassRule(.subagent, "x-opencode-parent-session-id", .header("x-opencode-parent-session-id")),
        ClassRule(.subagent, "x-parent-session-id", .header("x-parent-session-id")),
        ClassRule(.subagent, "agent prompt", .system, .begins, ["You are an agent for Claude Code"], tools: .some),
        ClassRule(
            .plan, "plan reminder", .user, .begins,
            ["<system-reminder>\n# Plan Mode - System Reminder", "<system-reminder>\nPlan mode is active"], tools: .some
        ),
        ClassRule(.plan, "plan reminder", .user, .contains, ["\n# plan mode - system reminder\n"], tools: .some),
        ClassRule(.plan, "plan mode", .user, .contains, ["# current mode\nplan mode"], clients: [.cline]),
        ClassRule(.plan, "architect mode", .user, .contains, ["<slug>architect</slug>"], clients: [.roo]),
        ClassRule(.plan, "plan mode", .system, .contains, ["you are in plan mode"], clients: [.continueDev]),
        ClassRule(.turn, "tools", .anywhere, tools: .some),
        // The tools are switched off, or may not be called again.
        ClassRule(.turn, "calls", .calls),
        // They have described their tools in words.
        ClassRule(.turn, "system prompt", .system, .begins, ["You are Cline", "You are Roo"]),
    ]

    private static let forms: [ClassRule<RequestKind>] = [
        ClassRule(.vision, "pictures", .images),
        ClassRule(.structured, "form of the answer", .form),
        ClassRule(.chat, "messages", .anywhere),
    ]
}
