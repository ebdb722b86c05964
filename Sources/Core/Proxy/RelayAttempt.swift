/// One of the upstreams that a request may be sent to, and what came of it.
struct RelayAttempt {
    /// Those who are asked when this one fails before the client has got anything of an answer, the next one first.
    var others: ArraySlice<Router.Candidate> = []
    /// The same where the prompt is too long for this one.
    var longer: ArraySlice<Router.Candidate> = []
    /// How long a stream may take until it begins; nil: as long as it likes.
    var patience: Duration?
    /// Whether the head of the client's answer is out, which tells no more than that there will be one.
    var hasBegun = false
    /// When it was its turn: where it waits for an engine and a slot, when these are there.
    var began = ContinuousClock.now

    /// Whether it was asked. What became of the request tells nothing of it otherwise: a stored answer was given again, or the
    /// request could not be sent.
    var isAsked = false
    /// Whether it was asked to find out if it is there again.
    var isProbe = false
    /// What kept it from being answered, or broke it off.
    var failure: APIError?
    /// Whether the client has left before the end.
    var isAbandoned = false
    /// What the upstream tells of tokens, and bytes of text that came from it.
    var usage = Usage()
    var textBytes = 0
    /// From the request's last byte to the answer's first text.
    var first: Duration?

    /// Those who may do better after a failure.
    func next(after failure: APIError) -> ArraySlice<Router.Candidate> {
        guard Fallback.isWorthTrying(after: failure) else { return [] }
        return failure.code == APIError.contextLengthExceeded ? longer : others
    }

    /// What came of it, for the report.
    var outcome: String { failure?.message ?? (isAbandoned ? "the client left" : "answered") }

    /// Takes what the upstream has said, as far as it came.
    mutating func take(_ said: ChatAnswer) {
        usage = said.usage
        textBytes = said.textBytes
    }

    /// Tokens that have to be paid for. Where an answer does not come to its end, nobody tells how many there were: they are
    /// estimated by the lengths of prompt and text. What is refused before the first word costs nothing.
    /// - Parameter promptTokens: about how many the prompt has.
    func spent(promptTokens: Int) -> Usage {
        guard isAsked, !usage.isTold, failure == nil || textBytes > 0 else { return usage }
        return Usage(estimating: promptTokens, answerBytes: textBytes)
    }
}
