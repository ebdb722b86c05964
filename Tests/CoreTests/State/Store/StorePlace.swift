import Support
import Synchronization

@testable import LocalCodeCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A store in a directory of a test's own, and an engine that is played: it writes files and reads them.
final class StorePlace: Sendable {
    let directory: String
    private let owner: TestDirectory?
    private let told = Mutex<[String]>([])
    private let clock = Mutex(1_800_000_000.0)
    private let free = Mutex<Int?>(nil)

    init() throws {
        let owner = try TestDirectory()
        self.owner = owner
        directory = "\(owner.path)/localcode"
    }

    /// A place that others have made.
    init(at directory: String) {
        owner = nil
        self.directory = directory
    }

    /// What the store told the user.
    var warnings: [String] { told.withLock { $0 } }

    var states: String { "\(directory)/states" }

    /// Files of states, below the store's directory.
    var files: [String] { TestFiles.below(states, suffix: ".kv") }

    /// The store's time; it stands still.
    var now: Double {
        get { clock.withLock { $0 } }
        set { clock.withLock { $0 = newValue } }
    }

    /// What the disk is said to have left; nil: what it has.
    func setFree(_ bytes: Int?) { free.withLock { $0 = bytes } }

    static let limits = StateStore.Limits(freeDisk: 0)

    func open(
        _ limits: StateStore.Limits = StorePlace.limits, didReach: @escaping @Sendable (SaveStep) -> Void = { _ in }
    ) throws -> StateStore {
        var surroundings = StateSurroundings()
        surroundings.now = { [self] in now }
        surroundings.freeBytes = { [self] path in free.withLock { $0 } ?? Files.freeBytes(at: path) }
        surroundings.didReach = didReach
        return try StateStore.open(directory: directory, limits: limits, surroundings: surroundings) { [self] text in
            told.withLock { $0.append(text) }
        }
    }
}

/// A conversation: boundaries that are chained by name.
struct Talk {
    var boundaries: [StateBoundary] = []

    init(_ words: String...) { self.init(words) }

    init(_ words: [String]) {
        var last = SHA256.digest(Array("fingerprint".utf8))
        for (index, word) in words.enumerated() {
            last = SHA256.digest(last.bytes + Array(word.utf8))
            boundaries.append(StateBoundary(digest: last, bytes: (index + 1) * 400, tokens: (index + 1) * 100))
        }
    }

    var digests: [Digest] { boundaries.map(\.digest) }
    var key: Digest { boundaries[boundaries.count - 1].digest }
}

extension StateDescription {
    static let fingerprint = Fingerprint([.init(name: "model", value: "tiny")])

    init(
        _ talk: Talk, fingerprint: Fingerprint = Self.fingerprint, kind: StateKind = .conversation, name: String? = nil,
        prefillSeconds: Double = 2
    ) {
        self.init(
            fingerprint: fingerprint, boundaries: talk.boundaries, kind: kind, name: name, model: "tiny",
            title: "hello", prefillSeconds: prefillSeconds)
    }
}

extension StateExchange {
    /// Saves as an engine and the slot pool do.
    @discardableResult func save(_ description: StateDescription, _ state: StateBytes = StateBytes()) throws
        -> StateEntry
    {
        let ticket = try beginSave()
        let bytes = state.bytes
        try TestFiles.write(bytes, to: "\(directory ?? "")/\(ticket.name)")
        return try commit(ticket, description, tokens: state.tokens, written: bytes.count)
    }

    @discardableResult func save(_ talk: Talk, _ state: StateBytes = StateBytes()) throws -> StateEntry {
        try save(StateDescription(talk), state)
    }

    /// What an engine would read.
    func restore(_ entry: StateEntry) throws -> [UInt8] {
        let ticket = try beginRestore(entry)
        defer { endRestore(ticket) }
        return try TestFiles.bytes(of: "\(directory ?? "")/\(ticket.name)")
    }
}
