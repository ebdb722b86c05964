/// Token counts, as far as the upstream tells them.
public struct Usage: Sendable, Equatable {
    /// All tokens of the prompt, those from the cache included.
    public var prompt: Int?
    /// Tokens that the model wrote.
    public var completion: Int?
    /// Tokens of the prompt that did not have to be read again.
    public var cached: Int?
    /// Tokens of the prompt that were read.
    public var read: Int?
    /// What that took by the engine's own clock, seconds.
    public var promptSeconds: Double?
    /// What writing took by the engine's own clock, seconds.
    public var decodeSeconds: Double?
    /// Decode speed by the engine's own clock, tokens a second.
    public var tokensPerSecond: Double?
    /// Tokens that speculation guessed ahead; nil where the engine does not guess, or had nothing to guess from.
    public var drafted: Int?
    /// Those of them that the model would have written too.
    public var accepted: Int?

    public init() {}

    mutating func read(usage: JSONView) {
        prompt = usage["prompt_tokens"]?.int ?? prompt
        completion = usage["completion_tokens"]?.int ?? completion
        cached = usage["prompt_tokens_details"]?["cached_tokens"]?.int ?? cached
    }

    /// llama-server's `timings`: `prompt_n` counts only what was read, `cache_n` what was not; `draft_n` is there only when
    /// something was drafted.
    mutating func read(timings: JSONView) {
        cached = timings["cache_n"]?.int ?? cached
        if let read = timings["prompt_n"]?.int {
            self.read = read
            let (sum, isTooLarge) = read.addingReportingOverflow(cached ?? 0)
            prompt = isTooLarge ? nil : sum
        }
        promptSeconds = timings["prompt_ms"]?.double.map { $0 / 1000 } ?? promptSeconds
        completion = timings["predicted_n"]?.int ?? completion
        decodeSeconds = timings["predicted_ms"]?.double.map { $0 / 1000 } ?? decodeSeconds
        tokensPerSecond = timings["predicted_per_second"]?.double ?? tokensPerSecond
        drafted = timings["draft_n"]?.int ?? drafted
        accepted = timings["draft_n_accepted"]?.int ?? accepted
    }
}
