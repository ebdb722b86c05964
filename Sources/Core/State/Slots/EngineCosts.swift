/// What reading, saving and restoring cost on an engine: measured with every request, remembered with the engine's
/// fingerprint. Until something was measured, a cautious guess stands in for it.
public struct EngineCosts: Sendable, Equatable {
    /// Tokens a second while a prompt is read.
    public private(set) var prefill: Double?
    /// Bytes a second while a state is saved, writing included.
    public private(set) var save: Double?
    /// Bytes a second while a state is restored.
    public private(set) var restore: Double?
    /// Bytes of a state file for each token.
    public private(set) var stateBytes: Double?
    /// Bytes of canonical JSON for each token of a prompt.
    public private(set) var promptBytes: Double?

    public init() {}

    /// The newest measurement counts a quarter.
    private static let weight = 0.25
    /// Shorter prompts say more about the fixed cost of a request.
    private static let shortestPrompt = 32
    /// Smaller files say nothing about bytes a second.
    private static let smallestFile = 1 << 20
    /// What a call costs besides the bytes, seconds.
    private static let call = 0.001

    /// A prompt was read.
    public mutating func observe(prefill tokens: Int, seconds: Double) {
        guard tokens >= Self.shortestPrompt, seconds > 0 else { return }
        Self.mix(Double(tokens) / seconds, into: &prefill)
    }

    /// A state was saved, which took so long by the engine's own clock.
    public mutating func observe(save bytes: Int, tokens: Int, seconds: Double) {
        guard bytes > 0, tokens > 0 else { return }
        Self.mix(Double(bytes) / Double(tokens), into: &stateBytes)
        if bytes >= Self.smallestFile { Self.mix(Double(bytes) / seconds, into: &save) }
    }

    /// A state was restored, which took so long by the engine's own clock.
    public mutating func observe(restore bytes: Int, seconds: Double) {
        if bytes >= Self.smallestFile { Self.mix(Double(bytes) / seconds, into: &restore) }
    }

    /// A prompt's canonical JSON was so many bytes.
    public mutating func observe(promptBytes bytes: Int, tokens: Int) {
        guard tokens >= Self.shortestPrompt, bytes > 0 else { return }
        Self.mix(Double(bytes) / Double(tokens), into: &promptBytes)
    }

    private static func mix(_ value: Double, into average: inout Double?) {
        guard value.isFinite, value > 0 else { return }
        average = average.map { $0 + (value - $0) * weight } ?? value
    }

    /// Seconds to read so many tokens.
    public func prefillSeconds(_ tokens: Int) -> Double { Double(max(0, tokens)) / (prefill ?? 500) }

    /// Seconds to save so many tokens.
    public func saveSeconds(tokens: Int) -> Double { Self.call + bytes(tokens) / (save ?? 500e6) }

    /// Seconds to restore a state of so many tokens.
    public func restoreSeconds(tokens: Int) -> Double { restoreSeconds(bytes: Int(bytes(tokens))) }

    /// Seconds to restore a file.
    public func restoreSeconds(bytes: Int) -> Double { Self.call + Double(bytes) / (restore ?? 500e6) }

    /// Tokens of a prompt, from the length of its canonical JSON.
    public func promptTokens(bytes: Int) -> Int { Int(Double(max(0, bytes)) / (promptBytes ?? 3.5)) }

    private func bytes(_ tokens: Int) -> Double { Double(max(0, tokens)) * (stateBytes ?? 50_000) }

    /// Whether keeping the state of so many tokens pays: reading them again takes longer than saving and restoring, and long
    /// enough to matter.
    public func isWorthSaving(tokens: Int) -> Bool {
        tokens >= Self.shortestPrompt
            && prefillSeconds(tokens) > 2 * (saveSeconds(tokens: tokens) + restoreSeconds(tokens: tokens))
    }
}

extension EngineCosts {
    /// Takes over what was measured earlier, where nothing newer is known.
    mutating func load(_ record: EngineRecord) {
        prefill = prefill ?? record.prefillTokensPerSecond
        save = save ?? record.saveBytesPerSecond
        restore = restore ?? record.restoreBytesPerSecond
        stateBytes = stateBytes ?? record.bytesPerToken
    }

    /// Hands on what is known.
    func store(in record: inout EngineRecord) {
        record.prefillTokensPerSecond = prefill
        record.saveBytesPerSecond = save
        record.restoreBytesPerSecond = restore
        record.bytesPerToken = stateBytes
    }
}
