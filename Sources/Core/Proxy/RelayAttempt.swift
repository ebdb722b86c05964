/// One of the upstreams that a request may be sent to, and what came of it.
struct RelayAttempt {
    /// Whether somebody else can be asked when this one fails before the client has got anything of an answer.
    var hasNext = false
    /// How long a stream may take until it begins; nil: as long as it likes.
    var patience: Duration?
    /// Whether the head of the client's answer is out, which tells no more than that there will be one.
    var hasBegun = false
    /// When it was its turn.
    var began = ContinuousClock.now

    /// Whether nobody was asked, since the answer was there already.
    var isReplayed = false
    /// What kept it from being answered, or broke it off.
    var failure: APIError?
    /// Whether the client has left before the end.
    var isAbandoned = false
    var usage = Usage()
    /// From the request's last byte to the answer's first text.
    var first: Duration?

    /// Whether a failure is of a kind that somebody else may not have.
    func mayTryAnother(_ failure: APIError) -> Bool { hasNext && Fallback.isWorthTrying(after: failure) }
}
