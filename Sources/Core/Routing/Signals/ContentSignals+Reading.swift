extension ContentSignals {
    /// Looks at the last user turn and what follows it: the beginning of its text, its end, and the calls since. A long
    /// conversation is walked over, not read.
    public init(_ chat: ChatRequest) {
        self.init()
        var text = TextSignals()
        var budget = Self.textLimit
        var bytes = chat.body.range.count
        if chat.kind == .chat, let messages = chat.body["messages"] {
            let outline = TurnOutline(messages)
            images = outline.images
            toolDepth = outline.calls
            failures = outline.failing
            bytes = messages.range.count - outline.imageBytes
            for part in [chat.tools, chat.body["system"]] { bytes += part?.range.count ?? 0 }
            if let turn = outline.turn {
                RequestOutline.eachText(turn) { part in
                    guard !Self.isAddition(part) else { return true }
                    length += part.range.count - 2
                    Self.read(part, &text, &budget)
                    return true
                }
            }
        } else if let prompt = chat.body["prompt"], prompt.kind == .string {
            length = prompt.range.count - 2
            Self.read(prompt, &text, &budget)
        }
        tools = chat.tools?.elements.reduce(0) { count, _ in count + 1 } ?? 0
        codeShare = text.lines == 0 ? 0 : Double(text.codeLines) / Double(text.lines)
        languages = text.languages
        hasDiff = text.hasDiff
        hasStackTrace = text.hasStackTrace
        codeWords = text.codeWords
        reasoningWords = text.reasoningWords
        isQuestion = text.prose.isQuestion
        textLanguage = text.prose.language
        promptTokens = bytes / Self.bytesPerToken + images * Self.tokensPerImage
        contextTokens = promptTokens + min(chat.outputLimit.map { max($0, 0) } ?? Self.usualAnswer, Self.longAnswer)
    }

    /// Bytes of the turn's text that are read.
    private static let textLimit = 8192
    /// Of these, from the end of a text that is longer: that is where the question stands.
    private static let endLimit = 1024
    /// Of a body: prompts of agents have four to five bytes a token, and JSON adds some.
    static let bytesPerToken = 4
    private static let tokensPerImage = 600
    /// What an answer has room for when nothing is said.
    private static let usualAnswer = 1024
    /// Clients ask for as many tokens as a model can give, and seldom use them.
    private static let longAnswer = 4096

    private static func read(_ part: JSONView, _ text: inout TextSignals, _ budget: inout Int) {
        guard budget > 0 else { return }
        let isLong = part.range.count > budget
        if let head = part.string(prefix: isLong ? max(0, budget - endLimit) : budget) { text.read(head.text) }
        if isLong { text.read(part.string(suffix: endLimit)) }
        budget -= part.range.count
    }

    /// What clients put beside the user's words: reminders, and files that are mentioned.
    private static func isAddition(_ part: JSONView) -> Bool {
        let beginnings = ["<system-reminder>", "<environment_details>", "Called the "]
        let head = part.string(prefix: 32)?.text ?? ""
        return beginnings.contains { head.utf8.starts(with: $0.utf8) }
    }
}
