/// What things cost in a simulation. The defaults are those of a model of about 30 billion parameters on a desktop computer's
/// graphics card.
public struct SimulationCosts: Sendable, Equatable {
    /// Tokens a second that the engine evaluates at the start of a prompt.
    public var prefillRate = 800.0
    /// Depth at which evaluating a token takes twice as long as at the start, because attention looks back that far.
    public var prefillDepth = 40_000.0
    /// Bytes of a state for each of its tokens, and for its fixed parts.
    public var bytesPerToken = 98_304
    public var bytesPerState = 65_536
    /// Bytes a second to and from the disk.
    public var writeRate = 0.75e9
    public var readRate = 1.5e9
    /// Slots of the engine.
    public var slots = 2
    /// Seconds without a request after which a slot is saved; nil: only before it is overwritten.
    public var idleSave: Double? = 30
    /// A state below this is not saved.
    public var leastTokens = 512

    public init() {}

    /// Seconds that tokens `range` of a prompt take.
    public func prefillSeconds(_ range: Range<Int>) -> Double {
        func fromStart(_ tokens: Int) -> Double {
            Double(tokens) / prefillRate * (1 + Double(tokens) / (2 * prefillDepth))
        }
        return fromStart(range.upperBound) - fromStart(range.lowerBound)
    }

    /// Bytes of a state of so many tokens.
    public func bytes(tokens: Int) -> Int { bytesPerState + tokens * bytesPerToken }

    /// Seconds until a state of so many bytes is in a slot.
    public func restoreSeconds(bytes: Int) -> Double { Double(bytes) / readRate }
}
