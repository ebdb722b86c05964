import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A directory that both we and the engine see. The engine writes into it, and what it wrote is moved into the store; to be
/// read, a state gets a second name in it.
final class DirectoryExchange: ExchangeWay {
    private struct State {
        var names: Set<String> = []
        var count = 0
        var isClosed = false
    }

    private let store: StateStore
    private let path: String
    /// Where states that are saved here live.
    private let root: String
    /// Begins our names.
    private let prefix: String
    private let isOwn: Bool
    private let lock: OwnerLock
    private let state = Mutex(State())

    private static let attachedPrefix = "localcode-x-"
    private static let attachedRoot = "localcode-states"

    /// A new directory.
    init(own store: StateStore) throws(StateStoreError) {
        self.store = store
        lock = try OwnerLock(in: store.exchangePath, prefix: "")
        path = "\(store.exchangePath)/\(lock.token)"
        root = ""
        prefix = ""
        isOwn = true
        try Files.makeDirectory(path)
    }

    /// A directory that an engine was started with.
    init(_ store: StateStore, attached directory: String) throws(StateStoreError) {
        guard Files.isDirectory(directory) else {
            throw StateStoreError(.missing, directory, "it is no directory, and an engine is to save its states there")
        }
        self.store = store
        path = Directories.resolved(directory)
        lock = try OwnerLock(in: path, prefix: Self.attachedPrefix)
        prefix = "\(Self.attachedPrefix)\(lock.token)-"
        isOwn = false
        if Self.canMove(from: path, to: store.exchangePath, name: "\(prefix)probe") {
            root = ""
        } else {
            root = "\(path)/\(Self.attachedRoot)"
            try Files.makeDirectory(root)
        }
        OwnerLock.clean(in: path, prefix: Self.attachedPrefix) { [path] token in
            for name in Files.names(in: path) where name.hasPrefix("\(Self.attachedPrefix)\(token)-") {
                Files.remove("\(path)/\(name)")
            }
        }
        if !root.isEmpty { try store.adoptFiles(root: root) }
    }

    var directory: String? { path }

    func beginSave(expecting expected: Int) throws(StateStoreError) -> StateExchange.SaveTicket {
        try store.reserve(expected, root: root, on: path)
        let name = try newName()
        // An engine whose save was given up may have written on under its old name.
        let used = state.withLock { $0.names }
        for name in Files.names(in: path) where isOurs(name) && !used.contains(name) { Files.remove("\(path)/\(name)") }
        return StateExchange.SaveTicket(name: name)
    }

    func commit(
        _ ticket: StateExchange.SaveTicket, _ description: StateDescription, key: Digest, tokens: Int, written: Int
    ) throws(StateStoreError) -> StateEntry {
        guard state.withLock({ $0.names.contains(ticket.name) }) else {
            throw StateStoreError(.missing, ticket.name, "it is not being saved")
        }
        defer { abandon(ticket) }
        let file = "\(path)/\(ticket.name)"
        let trailer = try describe(file, description, tokens: tokens, written: written)
        let entry = try store.take(file, trailer, root: root, file: StateStore.file(of: description, key: key))
        let gone: [Int64]
        do throws(StateStoreError) {
            gone = try store.enforceLimits()
        } catch {
            store.warn("the limits of the store could not be enforced: \(error)")
            return entry
        }
        if gone.contains(entry.id) {
            throw StateStoreError(.diskFull, entry.path, "there was no room for it beside what is worth more")
        }
        return entry
    }

    func abandon(_ ticket: StateExchange.SaveTicket) { drop(ticket.name) }

    func beginRestore(_ entry: StateEntry) throws(StateStoreError) -> StateExchange.RestoreTicket {
        guard var row = try store.row(entry.id) else {
            throw StateStoreError(.missing, entry.path, "it is not in the store any more")
        }
        guard !row.entry.isInRing else {
            throw StateStoreError(.missing, row.entry.path, "it is in a directory that only its engine sees")
        }
        var tries = 3
        while true {
            let name = try newName()
            let file = "\(path)/\(name)"
            do throws(StateStoreError) {
                try Files.linkOrCopy(row.entry.path, to: file)
                try store.check(row.entry, at: file)
                return StateExchange.RestoreTicket(name: name, entry: row.entry)
            } catch {
                drop(name)
                tries -= 1
                // Another process may have replaced or removed it meanwhile.
                guard error.code == .missing || error.code == .damaged, tries > 0,
                    let other = try store.reconsider(row, error)
                else { throw error }
                row = other
            }
        }
    }

    func endRestore(_ ticket: StateExchange.RestoreTicket) { drop(ticket.name) }

    func close() {
        let isFirst = state.withLock { state in
            defer { state.isClosed = true }
            return !state.isClosed
        }
        guard isFirst else { return }
        if isOwn {
            Files.removeDirectory(path)
        } else {
            for name in Files.names(in: path) where isOurs(name) { Files.remove("\(path)/\(name)") }
        }
        lock.release()
    }

    private func isOurs(_ name: String) -> Bool { name.hasPrefix(prefix) }

    private func newName() throws(StateStoreError) -> String {
        let name = state.withLock { state -> String? in
            guard !state.isClosed else { return nil }
            state.count += 1
            let name = "\(prefix)\(state.count)\(StateStore.fileSuffix)"
            state.names.insert(name)
            return name
        }
        guard let name else { throw StateStoreError(.missing, path, "the exchange is closed") }
        return name
    }

    private func drop(_ name: String) {
        let wasOurs = state.withLock { $0.names.remove(name) != nil }
        if wasOurs { Files.remove("\(path)/\(name)") }
    }

    /// Checks what the engine wrote, appends the trailer, and returns when the disk has it.
    private func describe(
        _ path: String, _ description: StateDescription, tokens: Int, written: Int
    ) throws(StateStoreError) -> (trailer: StateTrailer, status: FileStatus) {
        let file = try OpenFile(path, O_RDWR)
        let status = try file.status()
        guard status.isRegular, status.size == written else {
            throw StateStoreError(.damaged, path, "the engine wrote \(written) bytes, and it has \(status.size)")
        }
        let header = try StateHeader(file, end: written)
        guard header.tokenCount == tokens, tokens > 0 else {
            throw StateStoreError(.damaged, path, "the engine saved \(tokens) tokens, and it has \(header.tokenCount)")
        }
        // What cannot be taken apart can still be restored.
        let checkpoints = (try? StateFile(path: path))?.checkpoints ?? []
        let checksum = try Checksum.of(file, count: written)
        store.surroundings.didReach(.checked)
        let trailer = StateTrailer(
            state: description, tokens: tokens, stateBytes: written, checksum: checksum,
            checkpoints: checkpoints.map(\.tokens).sorted(), created: store.surroundings.now())
        try file.write(trailer.bytes, at: written)
        // An engine of another user keeps its file, and then its rights.
        _ = fchmod(file.descriptor, 0o600)
        store.surroundings.didReach(.described)
        try file.synchronize()
        store.surroundings.didReach(.synchronized)
        return (trailer, try file.status())
    }

    /// Whether a file can be moved between two directories; their being on the same disk is not enough for it.
    private static func canMove(from source: String, to target: String, name: String) -> Bool {
        let (from, to) = ("\(source)/\(name)", "\(target)/\(name)")
        defer {
            Files.remove(from)
            Files.remove(to)
        }
        guard let file = try? OpenFile(from, O_WRONLY | O_CREAT | O_EXCL) else { return false }
        _ = consume file
        return (try? Files.rename(from, to: to)) != nil
    }
}
