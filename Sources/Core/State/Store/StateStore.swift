import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The states on disk: one directory for each fingerprint, one file for each state, and one SQLite index that several
/// processes use at once.
///
/// Every call blocks, for as long as files take or another process holds the index (about a second, then it throws
/// `.locked`). All errors are `StateStoreError`.
public final class StateStore: Sendable {
    /// What the store may take.
    public struct Limits: Sendable, Equatable {
        /// Bytes of all files together.
        public var bytes: Int
        /// Number of states.
        public var entries: Int
        /// What must stay free on the disk.
        public var freeDisk: Int
        /// Seconds after which an unused state is removed; nil: never.
        public var timeToLive: Double?
        /// Which states go first.
        public var policy: EvictionPolicy
        /// Number of requests in the journal.
        public var journalEntries: Int
        /// Bytes of the bodies in the journal.
        public var journalBytes: Int

        /// Limits.
        public init(
            bytes: Int = 20 << 30, entries: Int = 2000, freeDisk: Int = 2 << 30, timeToLive: Double? = 30 * 86_400,
            policy: EvictionPolicy = .lru, journalEntries: Int = 64, journalBytes: Int = 64 << 20
        ) {
            self.bytes = bytes
            self.entries = entries
            self.freeDisk = freeDisk
            self.timeToLive = timeToLive
            self.policy = policy
            self.journalEntries = journalEntries
            self.journalBytes = journalBytes
        }
    }

    /// The directory it was opened with.
    public let directory: String
    /// What it may take.
    public let limits: Limits
    /// Where the states are: `states` in the directory.
    public let states: String
    let surroundings: StateSurroundings
    let verified = VerifiedFiles()
    /// As it was read or written last.
    let knownRates = Mutex<ReturnRates?>(nil)
    let warn: @Sendable (String) -> Void
    private let index: Mutex<StateIndex>

    private init(
        directory: String, limits: Limits, index: StateIndex, surroundings: StateSurroundings,
        warn: @escaping @Sendable (String) -> Void
    ) {
        self.directory = directory
        self.limits = limits
        states = "\(directory)/states"
        self.index = Mutex(index)
        self.surroundings = surroundings
        self.warn = warn
    }

    /// Opens the store below a directory (`…/localcode`), or makes it: adopts files the index does not know, and removes
    /// what an interrupted process left behind, but nothing that a live one is writing.
    /// - Parameter warn: called with what a user should know and that is no error.
    public static func open(
        directory: String, limits: Limits = Limits(), warn: @escaping @Sendable (String) -> Void
    ) throws(StateStoreError) -> StateStore {
        try open(directory: directory, limits: limits, surroundings: StateSurroundings(), warn: warn)
    }

    static func open(
        directory: String, limits: Limits, surroundings: StateSurroundings, warn: @escaping @Sendable (String) -> Void
    ) throws(StateStoreError) -> StateStore {
        let states = "\(directory)/states"
        for path in [states, "\(states)/\(exchangeName)"] {
            try Files.makeDirectory(path)
            // It may have been made by hand, or by an installer.
            _ = chmod(path, 0o700)
        }
        let index = try StateIndex.open("\(states)/\(indexName)", lock: "\(states)/\(lockName)", warn: warn)
        let store = StateStore(
            directory: directory, limits: limits, index: index, surroundings: surroundings, warn: warn)
        store.removeAbandoned()
        try store.using { index throws(StateStoreError) in try store.adoptFiles(in: index) }
        try store.enforceLimits()
        return store
    }

    /// A fresh directory for an engine that LocalCode starts: its `--slot-save-path` is the exchange's `directory`.
    public func exchange() throws(StateStoreError) -> StateExchange {
        StateExchange(try DirectoryExchange(own: self))
    }

    /// The directory of an engine that runs already, its `--slot-save-path`, visible here. States live in the store where
    /// that is on the same file system, else in `localcode-states` inside the directory.
    public func exchange(directory: String) throws(StateStoreError) -> StateExchange {
        StateExchange(try DirectoryExchange(self, attached: directory))
    }

    /// A ring of file names in a directory that only the engine sees.
    /// - Parameter engine: tells the engine from others, and is the same each time it is attached to: a digest of its URL.
    public func ring(size: Int, engine: Digest) throws(StateStoreError) -> StateExchange {
        StateExchange(try RingExchange(self, size: size, engine: engine))
    }

    static let exchangeName = ".exchange"
    static let trashName = ".trash"
    private static let indexName = "index.sqlite"
    private static let lockName = ".index.lock"

    /// Where processes put what they are about to take in or give out.
    var exchangePath: String { "\(states)/\(Self.exchangeName)" }

    /// The directory a row's root means.
    func path(ofRoot root: String) -> String { root.isEmpty ? states : root }

    func read<Value>(_ body: (StateDatabase) throws -> Value) throws(StateStoreError) -> Value {
        try using { index throws(StateStoreError) in try index.read(body) }
    }

    /// One transaction, which no other process's overlaps.
    func write<Value>(_ body: (StateDatabase) throws -> Value) throws(StateStoreError) -> Value {
        try using { index throws(StateStoreError) in try index.write(body) }
    }

    /// The index as it was opened last.
    var current: StateIndex { index.withLock { $0 } }

    /// An index that was deleted or damaged while it was open is made anew from the files.
    func using<Value>(
        _ body: (StateIndex) throws(StateStoreError) -> Value
    ) throws(StateStoreError) -> Value {
        let index = current
        guard index.isCurrent else { return try body(renewed(index, isDamaged: false)) }
        do throws(StateStoreError) {
            return try body(index)
        } catch {
            guard error.code == .indexDamaged else { throw error }
            return try body(renewed(index, isDamaged: true))
        }
    }

    private func renewed(_ old: StateIndex, isDamaged: Bool) throws(StateStoreError) -> StateIndex {
        let (new, isNew) = try self.index.withLock { index throws(StateStoreError) -> (StateIndex, Bool) in
            // Another thread, or another process, may have done it.
            guard index === old else { return (index, false) }
            index = try StateIndex.open(
                old.path, replacing: isDamaged ? old : nil, lock: "\(states)/\(Self.lockName)", warn: warn)
            return (index, true)
        }
        if isNew {
            if !isDamaged { warn("\(old.path): it was deleted; a new index is made from the files") }
            try adoptFiles(in: new)
        }
        return new
    }
}

/// What a store takes from the world besides files, so that a test can give it another world.
struct StateSurroundings: Sendable {
    /// Seconds since 1970.
    var now: @Sendable () -> Double = { SystemTime.wall() }
    /// Bytes that are free where a path is; nil if that cannot be told.
    var freeBytes: @Sendable (String) -> Int? = { Files.freeBytes(at: $0) }
    /// Called after each step of a save.
    var didReach: @Sendable (SaveStep) -> Void = { _ in }
}

/// What a save has done so far.
enum SaveStep: String, Sendable, CaseIterable {
    /// The engine's bytes were looked at.
    case checked
    /// The trailer is behind them.
    case described
    /// The disk has them.
    case synchronized
    /// The file has its name in the store, the index does not know it.
    case named
    /// The index knows it.
    case indexed
}

/// Files whose every byte this process has seen to be right.
final class VerifiedFiles: Sendable {
    private let checksums = Mutex<[FileStatus: [UInt8]]>([:])
    private static let limit = 16_384

    func insert(_ file: FileStatus, checksum: [UInt8]) {
        checksums.withLock { checksums in
            if checksums.count >= Self.limit { checksums.removeAll() }
            checksums[file] = checksum
        }
    }

    /// The checksum of a file that was not changed since.
    subscript(_ file: FileStatus) -> [UInt8]? { checksums.withLock { $0[file] } }
}
