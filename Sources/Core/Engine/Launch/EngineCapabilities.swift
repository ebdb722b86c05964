/// What a build of llama-server takes. Builds differ, and one that is given a flag it does not know refuses to start.
public struct EngineCapabilities: Sendable, Equatable {
    /// What it says of its version, on one line.
    public var version: String
    /// Every spelling of every flag, each with the name of its value as the help shows it; empty for a switch.
    public var flags: [String: String]
    /// Flags that were there once and are refused now, each with the engine's words about it.
    public var removed: [String: String]
    /// The kinds of speculation it offers; empty where it does not tell.
    public var speculation: [String]
    /// The types it offers for K and V values; empty where it does not tell.
    public var kvTypes: [String]

    /// The build of llama.cpp whose flags LocalCode was written for: that one has everything that LocalCode can ask for.
    public static let knownBuild = 11549

    public init(
        version: String, flags: [String: String], removed: [String: String] = [:], speculation: [String] = [],
        kvTypes: [String] = []
    ) {
        self.version = version
        self.flags = flags
        self.removed = removed
        self.speculation = speculation
        self.kvTypes = kvTypes
    }

    /// Whether it takes a flag.
    public func offers(_ flag: String) -> Bool { flags[flag] != nil }

    /// Whether a flag is followed by a value.
    public func takesValue(_ flag: String) -> Bool { flags[flag].map { !$0.isEmpty } ?? false }

    /// Whether it knows a kind of speculation, as far as it tells.
    public func offersSpeculation(_ kind: String) -> Bool { speculation.isEmpty || speculation.contains(kind) }

    /// Whether it knows a type of K and V values, as far as it tells.
    public func offersType(_ type: String) -> Bool { kvTypes.isEmpty || kvTypes.contains(type) }
}
