/// What was found out about an engine: whether a restored state helps it, and how fast it is.
public struct EngineRecord: Sendable, Equatable {
    /// What a restored state is good for.
    public enum Ability: String, Sendable {
        /// Any shared prefix is reused.
        case prefix
        /// A shared prefix is reused up to a checkpoint at or before its end.
        case checkpoints
        /// Restored states are read again from the start: nothing is restored.
        case none
    }

    /// The engine's fingerprint.
    public var fingerprint: Digest
    /// The model's name, for people.
    public var model: String
    /// The fingerprint's components, to tell what differs from another engine.
    public var components: Fingerprint?
    /// Nil until it was tried.
    public var ability: Ability?
    /// How that was found out, in words.
    public var reason: String?
    /// When, in seconds since 1970.
    public var probed: Double?
    /// Prefill speed.
    public var prefillTokensPerSecond: Double?
    /// How fast it writes a state.
    public var saveBytesPerSecond: Double?
    /// How fast it reads one.
    public var restoreBytesPerSecond: Double?
    /// What a token takes in a state's file.
    public var bytesPerToken: Double?

    /// A record with nothing found out yet.
    public init(fingerprint: Digest, model: String, components: Fingerprint? = nil) {
        self.fingerprint = fingerprint
        self.model = model
        self.components = components
    }
}
