/// What clients are recognised by, the surest first. Field values are in small letters. Sources: OpenCode's, Claude
/// Code's, Cline's, Roo's, Aider's and llama.vim's requests as they were seen or read in the programs.
enum ClientRules {
    static let all: [ClassRule<RequestClient>] = named + fields + prompts + libraries

    /// Programs that say who they are.
    private static let named: [ClassRule<RequestClient>] = [
        agent(.openCode1, ["opencode/1.", "opencode/0.", "opencode/local ", "opencode/dev "]),
        // Version 2 puts its channel first: `opencode/latest/2.0.29/desktop`.
        agent(.openCode2, ["opencode/"]),
        agent(.claudeCode, ["claude-cli/", "claude-code/"]),
        agent(.roo, ["roocode/", "roo-code/", "roo code"]),
        agent(.cline, ["cline/"]),
        agent(.aider, ["aider"]),
        agent(.zed, ["zed/", "zed "]),
        agent(.continueDev, ["continue"]),
        agent(.llamaVSCode, ["llama-vscode", "llama.vscode"]),
        agent(.llamaVim, ["llama-vim", "llama.vim"]),
        agent(.localCode, ["localcode"]),
    ]

    /// Fields of theirs.
    private static let fields: [ClassRule<RequestClient>] = [
        ClassRule(.claudeCode, "x-app", .header("x-app"), .begins, ["cli"], clients: []),
        ClassRule(.claudeCode, "x-claude-code-session-id", .header("x-claude-code-session-id")),
        ClassRule(.roo, "x-title", .header("x-title"), .begins, ["roo code"]),
        ClassRule(.cline, "x-title", .header("x-title"), .begins, ["cline"]),
        ClassRule(.aider, "x-title", .header("x-title"), .begins, ["aider"]),
        ClassRule(.zed, "x-title", .header("x-title"), .begins, ["zed"]),
        ClassRule(.continueDev, "x-title", .header("x-title"), .begins, ["continue"]),
        ClassRule(.roo, "http-referer", .header("http-referer"), .contains, ["roocode", "roo-code", "roo-cline"]),
        ClassRule(.cline, "http-referer", .header("http-referer"), .contains, ["cline.bot"]),
        ClassRule(.aider, "http-referer", .header("http-referer"), .contains, ["aider.chat"]),
        ClassRule(.continueDev, "http-referer", .header("http-referer"), .contains, ["continue.dev"]),
        ClassRule(.cline, "x-task-id", .header("x-task-id")),
        ClassRule(.openCode2, "x-opencode-project", .header("x-opencode-project")),
        ClassRule(.openCode2, "x-opencode-client", .header("x-opencode-client")),
    ]

    /// How their prompts begin, and what stands in them: a proxy in between may have changed the header.
    private static let prompts: [ClassRule<RequestClient>] = [
        ClassRule(
            .claudeCode, "system prompt", .system, .begins,
            [
                "You are Claude Code", "x-anthropic-billing-header", "You are an agent for Claude Code",
                "You are a file search specialist for Claude Code", "You are a Claude agent, built on",
            ]),
        ClassRule(.openCode2, "system prompt", .system, .begins, ["You are an AI agent running in OpenCode"]),
        ClassRule(
            .openCode1, "system prompt", .system, .begins,
            [
                "You are opencode,", "You are a context summarization agent.",
                "You are an anchored context summarization",
                "You are an elite AI agent architect", "You are a file search specialist.",
                "You are a title generator. You output ONLY a thread title.",
            ]),
        ClassRule(.openCode1, "system prompt", .systemText, .contains, ["You are powered by the model named "]),
        ClassRule(.openCode2, "system prompt", .system, .begins, ["You are OpenCode,"]),
        ClassRule(.openCode1, "x-session-affinity", .header("x-session-affinity"), .begins, ["ses_"]),
        ClassRule(.openCode1, "x-opencode-session-id", .header("x-opencode-session-id"), .begins, ["ses_"]),
        ClassRule(.roo, "system prompt", .system, .begins, ["You are Roo"]),
        ClassRule(.cline, "system prompt", .system, .begins, ["You are Cline"]),
        ClassRule(
            .aider, "system prompt", .system, .begins,
            [
                "Act as an expert software developer", "Act as an expert code analyst",
                "Act as an expert architect engineer", "*Briefly* summarize this partial conversation",
                "You are an expert software engineer that generates concise, one-line Git commit messages",
            ]),
        ClassRule(.aider, "system prompt", .systemText, .contains, ["SEARCH/REPLACE block"]),
        ClassRule(.continueDev, "system prompt", .system, .begins, ["<important_rules>"]),
        ClassRule(
            .zed, "system prompt", .system, .begins,
            ["You are a highly skilled software engineer with extensive knowledge"]),
        ClassRule(.llamaVSCode, "infill by axios", .header("user-agent"), .begins, ["axios/"], with: ["input_prefix"]),
        ClassRule(.llamaVSCode, "slot of its own", .header("user-agent"), .begins, ["axios/"], with: ["id_slot"]),
        ClassRule(.llamaVim, "infill", .fields, .exists, ["input_prefix", "t_max_predict_ms"]),
        ClassRule(.llamaVim, "slot of its own", .header("user-agent"), .begins, ["curl/"], with: ["id_slot"]),
    ]

    /// Libraries that anybody uses.
    private static let libraries: [ClassRule<RequestClient>] = [
        agent(
            .sdk,
            [
                "openai/", "asyncopenai/", "anthropic/", "asyncanthropic/", "curl/", "wget/", "python", "aiohttp/",
                "httpx",
                "node", "undici", "axios/", "got ", "bun/", "deno/", "go-http-client", "okhttp", "java", "reqwest",
                "ruby",
                "postman", "langchain", "llamaindex",
            ]),
        ClassRule(.sdk, "user-agent", .header("user-agent"), .contains, ["ai-sdk/", "litellm", "openai"]),
        ClassRule(.sdk, "x-stainless-lang", .header("x-stainless-lang")),
    ]

    private static func agent(_ client: RequestClient, _ beginnings: [String]) -> ClassRule<RequestClient> {
        ClassRule(client, "user-agent", .header("user-agent"), .begins, beginnings)
    }
}
