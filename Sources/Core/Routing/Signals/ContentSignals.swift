/// What a request's content tells about the model it needs.
public struct ContentSignals: Sendable, Equatable {
    /// Pictures in the whole conversation: a model that cannot see takes none of them, however old.
    public var images = 0
    /// The part of the last user turn's lines that look like code, from 0 to 1.
    public var codeShare = 0.0
    /// Programming languages, the most frequent first: `swift`, `python`, …
    public var languages: [String] = []
    public var hasDiff = false
    public var hasStackTrace = false
    /// Words of the last user turn that belong to programming, and those that ask for thinking; some of them.
    public var codeWords: [String] = []
    public var reasoningWords: [String] = []
    /// Whether the last user turn asks something rather than telling to do something; nil: neither can be told.
    public var isQuestion: Bool?
    /// Bytes of text in the last user turn.
    public var length = 0
    /// Tools that are offered.
    public var tools = 0
    /// Calls since the last user turn.
    public var toolDepth = 0
    /// A tool that failed at least twice in a row, and how often.
    public var failures: (tool: String, count: Int)?
    /// ISO 639-1 code of the last user turn's language: `en`, `de`, `zh`, …; nil: not told.
    public var textLanguage: String?
    /// About how many tokens the whole prompt has, by its length.
    public var promptTokens = 0
    /// Prompt and answer together: the context that the request needs. Of an answer that may be long, 4096 tokens count.
    public var contextTokens = 0

    public init() {}

    public static func == (left: ContentSignals, right: ContentSignals) -> Bool {
        left.images == right.images && left.codeShare == right.codeShare && left.languages == right.languages
            && left.hasDiff == right.hasDiff && left.hasStackTrace == right.hasStackTrace
            && left.codeWords == right.codeWords && left.reasoningWords == right.reasoningWords
            && left.isQuestion == right.isQuestion && left.length == right.length && left.tools == right.tools
            && left.toolDepth == right.toolDepth && left.failures?.tool == right.failures?.tool
            && left.failures?.count == right.failures?.count && left.textLanguage == right.textLanguage
            && left.promptTokens == right.promptTokens && left.contextTokens == right.contextTokens
    }
}

/// Something that a request wants of its model.
public struct Demand: Sendable, Equatable {
    public enum Kind: String, Sendable, CaseIterable {
        case coder, general, vision, small, reasoning
        case longContext = "long-context"
    }

    public var kind: Kind
    /// From 0, not at all, to 1, by all means.
    public var score: Double
    /// The words and signals that caused it.
    public var words: [String]

    public init(_ kind: Kind, score: Double, words: [String]) {
        self.kind = kind
        self.score = score
        self.words = words
    }
}
