/// Why a state is kept.
public enum StateKind: String, Sendable, CaseIterable {
    /// A conversation that lost its slot or idled.
    case conversation
    /// System messages and tools alone: where every new session of a project starts.
    case base
    /// Saved by hand under a name. Pinned from the start, found by its name.
    case named
}

/// A message boundary of a prompt whose state is kept.
public struct StateBoundary: Sendable, Equatable {
    /// The chain's digest up to here.
    public var digest: Digest
    /// Canonical bytes from the start to here.
    public var bytes: Int
    /// Tokens from the start to here, where that is known.
    public var tokens: Int?

    /// A boundary.
    public init(digest: Digest, bytes: Int, tokens: Int? = nil) {
        self.digest = digest
        self.bytes = bytes
        self.tokens = tokens
    }
}

/// What a state is, as told when it is saved. It goes into the file's trailer and into the index.
public struct StateDescription: Sendable, Equatable {
    /// Who can read it.
    public var fingerprint: Fingerprint
    /// The prompt's boundaries; the last one's digest is the state's key. Never empty.
    public var boundaries: [StateBoundary]
    /// Why it is kept.
    public var kind: StateKind
    /// The name of a `named` state.
    public var name: String?
    /// The model's name, for people.
    public var model: String
    /// A few words that tell a person which conversation this is.
    public var title: String
    /// What reading the prompt cost, or would cost, in seconds.
    public var prefillSeconds: Double
    /// Whose conversation it is; nil where that is not known.
    public var origin: StateOrigin?

    /// A description.
    public init(
        fingerprint: Fingerprint, boundaries: [StateBoundary], kind: StateKind, name: String? = nil, model: String,
        title: String, prefillSeconds: Double, origin: StateOrigin? = nil
    ) {
        self.fingerprint = fingerprint
        self.boundaries = boundaries
        self.kind = kind
        self.name = name
        self.model = model
        self.title = title
        self.prefillSeconds = prefillSeconds
        self.origin = origin
    }
}

/// A state in the store, as the index has it.
public struct StateEntry: Sendable, Equatable, Identifiable {
    /// The index's number for it; a state that replaces one of the same key takes over its number.
    public var id: Int64
    /// The digest of the fingerprint.
    public var fingerprint: Digest
    /// The digest of the last boundary.
    public var key: Digest
    /// The prompt's boundaries.
    public var boundaries: [StateBoundary]
    /// Why it is kept.
    public var kind: StateKind
    /// The name of a `named` state.
    public var name: String?
    /// The model's name, for people.
    public var model: String
    /// Which conversation this is, for people.
    public var title: String
    /// Tokens in the state.
    public var tokens: Int
    /// What the engine wrote, and reads again, in bytes.
    public var stateBytes: Int
    /// The file's size: the state and the trailer.
    public var fileBytes: Int
    /// Over the bytes of the state; empty in a ring, whose files cannot be seen.
    public var checksum: [UInt8]
    /// Token counts that a model without a rewindable state can go back to, ascending.
    public var checkpoints: [Int]
    /// What reading the prompt costs, in seconds.
    public var prefillSeconds: Double
    /// When it was saved first, in seconds since 1970.
    public var created: Double
    /// When it was saved or restored last, in seconds since 1970.
    public var used: Double
    /// How often it was restored and used.
    public var hits: Int
    /// How often in a row it was restored and not used.
    public var misses: Int
    /// Seconds of prefill that it saved.
    public var secondsSaved: Double
    /// Whether no limit removes it.
    public var isPinned: Bool
    /// Why it is not used any more; nil for an entry that is.
    public var quarantine: String?
    /// Where its file is; in a ring, the file's name in the engine's directory.
    public var path: String
    /// Whether it is in a directory that only its engine sees.
    public var isInRing: Bool
    /// Whose conversation it is; nil where that is not known.
    public var origin: StateOrigin?
}

/// A state that begins as a prompt does.
public struct StateMatch: Sendable, Equatable {
    /// The state.
    public var entry: StateEntry
    /// The number of the deepest boundary both have, in the chain (and in the entry, which begins with the same ones).
    public var boundary: Int
    /// Tokens up to that boundary, where that is known.
    public var tokens: Int?

    /// A match.
    public init(entry: StateEntry, boundary: Int, tokens: Int?) {
        self.entry = entry
        self.boundary = boundary
        self.tokens = tokens
    }
}
