import GRDB

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension StateStore {
    static let fileSuffix = ".kv"

    /// Where a state's file is, below its root.
    static func file(of description: StateDescription, key: Digest) -> String {
        let name = description.name.map { SHA256.digest(Array("localcode named state\n\($0)".utf8)) } ?? key
        return "\(description.fingerprint.digest.hex)/\(name.hex)\(fileSuffix)"
    }

    /// Removes what processes have left behind that are gone: half-written states, second names of states, unlinked files.
    func removeAbandoned() {
        let exchange = exchangePath
        OwnerLock.clean(in: exchange, prefix: "") { Files.removeDirectory("\(exchange)/\($0)") }
        for name in Files.names(in: exchange) where Files.status("\(exchange)/\(name)")?.isDirectory == true {
            // A lock file is made before its directory and removed after it.
            if !OwnerLock.isAlive(name, in: exchange, prefix: "") { Files.removeDirectory("\(exchange)/\(name)") }
        }
        emptyTrash(root: "")
    }

    /// Makes the index of all roots agree with their files.
    func adoptFiles(in index: StateIndex) throws(StateStoreError) {
        let roots = try index.read {
            try String.fetchAll($0, sql: "SELECT DISTINCT root FROM state WHERE NOT is_in_ring")
        }
        for root in Set(roots).union([""]) { try adoptFiles(root, in: index) }
    }

    /// Makes the index agree with the files of a root: takes in those it does not know, forgets those that are gone, and
    /// removes those that are not whole.
    func adoptFiles(root: String) throws(StateStoreError) {
        try using { index throws(StateStoreError) in try adoptFiles(root, in: index) }
    }

    private func adoptFiles(_ root: String, in index: StateIndex) throws(StateStoreError) {
        let known = try index.read { try knownFiles($0, root) }
        let base = path(ofRoot: root)
        var gone = known
        var changed: [(file: String, status: FileStatus)] = []
        for directory in Files.names(in: base) where Digest(hex: directory) != nil {
            for name in Files.names(in: "\(base)/\(directory)") where name.hasSuffix(Self.fileSuffix) {
                let file = "\(directory)/\(name)"
                guard let status = Files.status("\(base)/\(file)") else { continue }
                let size = gone.removeValue(forKey: file)
                if size != status.size { changed.append((file, status)) }
            }
        }
        guard !gone.isEmpty || !changed.isEmpty else { return }
        // Reading takes its time, and others may use the index meanwhile.
        let looked = changed.map { ($0.file, $0.status, Self.look(at: "\(base)/\($0.file)")) }
        try index.write { database in
            for file in gone.keys where Files.status("\(base)/\(file)") == nil {
                try StateRow.fetch(database, root: root, file: file, states: states)?.delete(database)
            }
            for (file, status, trailer) in looked where Files.status("\(base)/\(file)") == status {
                switch trailer {
                case .success(let trailer) where !file.hasPrefix(trailer.state.fingerprint.digest.hex):
                    warn("\(base)/\(file): it is a state of another engine than its directory's; it is removed")
                    try StateRow.fetch(database, root: root, file: file, states: states)?.delete(database)
                    try putInTrash("\(base)/\(file)", root: root)
                case .success(let trailer): try adopt(trailer, status, root: root, file: file, database)
                case .failure(let error) where error.code == .damaged:
                    warn("\(error); it is removed")
                    try StateRow.fetch(database, root: root, file: file, states: states)?.delete(database)
                    try putInTrash("\(base)/\(file)", root: root)
                case .failure(let error): warn("\(error); it is left alone")
                }
            }
        }
        emptyTrash(root: root)
    }

    private func knownFiles(_ database: StateDatabase, _ root: String) throws -> [String: Int] {
        let rows = try Row.fetchCursor(
            database, sql: "SELECT file, file_bytes FROM state WHERE root = ? AND NOT is_in_ring", arguments: [root])
        var files: [String: Int] = [:]
        while let row = try rows.next() { files[try row.text(0)] = try row.integer(1) }
        return files
    }

    /// The trailer of a file whose header and lengths are right. The engine's bytes are not read.
    private static func look(at path: String) -> Result<StateTrailer, StateStoreError> {
        do throws(StateStoreError) {
            let file = try OpenFile(path, O_RDONLY)
            let status = try file.status()
            guard status.isRegular else { throw StateStoreError(.foreign, path, "it is no file") }
            guard let found = try StateTrailer.read(file, size: status.size) else {
                throw StateStoreError(.damaged, path, "its end is missing")
            }
            let header = try StateHeader(file, end: found.start)
            guard header.tokenCount == found.trailer.tokens else {
                throw StateStoreError(
                    .damaged, path, "it has \(header.tokenCount) tokens, not \(found.trailer.tokens)")
            }
            return .success(found.trailer)
        } catch {
            return .failure(error)
        }
    }

    /// Writes the row of a file that describes itself.
    func adopt(
        _ trailer: StateTrailer, _ status: FileStatus, root: String, file: String, _ database: StateDatabase
    ) throws {
        let entry = StateEntry(
            trailer, fileBytes: status.size, used: max(trailer.created, Double(status.modifiedSeconds)),
            path: "\(path(ofRoot: root))/\(file)")
        guard let entry else { return }
        if let row = try StateRow.fetch(database, root: root, file: file, states: states),
            row.entry.checksum == entry.checksum, row.entry.fileBytes == entry.fileBytes
        {
            return
        }
        _ = try StateRow(root: root, file: file, entry: entry).store(database)
    }
}

extension StateEntry {
    /// The entry of a file that has just come into the index.
    init?(_ trailer: StateTrailer, fileBytes: Int, used: Double, path: String) {
        guard let key = trailer.key else { return nil }
        self.init(
            id: 0, fingerprint: trailer.state.fingerprint.digest, key: key, boundaries: trailer.state.boundaries,
            kind: trailer.state.kind, name: trailer.state.name, model: trailer.state.model, title: trailer.state.title,
            tokens: trailer.tokens, stateBytes: trailer.stateBytes, fileBytes: fileBytes, checksum: trailer.checksum,
            checkpoints: trailer.checkpoints, prefillSeconds: trailer.state.prefillSeconds, created: trailer.created,
            used: used, hits: 0, misses: 0, secondsSaved: 0, isPinned: trailer.state.kind == .named, quarantine: nil,
            path: path, isInRing: false, origin: trailer.state.origin)
    }
}
