#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension StateStore {
    func row(_ id: Int64) throws(StateStoreError) -> StateRow? {
        try read { try StateRow.fetch($0, id: id, states: states) }
    }

    /// Gives a whole file its name in the store and its row in the index.
    ///
    /// Both happen in one transaction of the index: a process that removes an older state with the same name cannot come
    /// between them and take the new one. Ended in between, it leaves a file that is adopted later.
    func take(
        _ source: String, _ file: (trailer: StateTrailer, status: FileStatus), root: String, file name: String
    ) throws(StateStoreError) -> StateEntry {
        let target = "\(path(ofRoot: root))/\(name)"
        let directory = String(target[..<(target.lastIndex(of: "/") ?? target.endIndex)])
        guard
            let new = StateEntry(
                file.trailer, fileBytes: file.status.size, used: file.trailer.created, path: target)
        else { throw StateStoreError(.damaged, source, "it has no boundaries") }
        try Files.makeDirectory(directory)
        var isNamed = false
        let entry: StateEntry
        do throws(StateStoreError) {
            entry = try write { database in
                let id = try StateRow(root: root, file: name, entry: new).store(database)
                try Files.rename(source, to: target)
                isNamed = true
                surroundings.didReach(.named)
                guard let row = try StateRow.fetch(database, id: id, states: states) else {
                    throw StateStoreError(.indexDamaged, "", "a row that was written is not there")
                }
                return row.entry
            }
        } catch {
            // Nobody would count it.
            if isNamed { Files.remove(target) }
            throw error
        }
        surroundings.didReach(.indexed)
        Files.synchronizeDirectory(directory)
        verified.insert(file.status, checksum: file.trailer.checksum)
        return entry
    }

    /// Checks that a file is what an entry says: sizes, header, trailer, and every byte the first time.
    /// - Parameter path: the entry's file, or a second name of it.
    func check(_ entry: StateEntry, at path: String) throws(StateStoreError) {
        let file = try OpenFile(path, O_RDONLY, as: entry.path)
        let status = try file.status()
        guard status.isRegular, status.size == entry.fileBytes else {
            throw StateStoreError(.damaged, file.path, "it has \(status.size) bytes, not \(entry.fileBytes)")
        }
        if verified[status] == entry.checksum { return }
        let trailer = try verify(file, status)
        guard trailer.checksum == entry.checksum, trailer.stateBytes == entry.stateBytes,
            trailer.tokens == entry.tokens, trailer.key == entry.key,
            trailer.state.fingerprint.digest == entry.fingerprint
        else { throw StateStoreError(.damaged, file.path, "it is not the state that the index has") }
    }

    /// Checks that a file is what its own trailer says, every byte of it.
    @discardableResult func verify(
        _ file: borrowing OpenFile, _ status: FileStatus
    ) throws(StateStoreError) -> StateTrailer {
        guard let (trailer, start) = try StateTrailer.read(file, size: status.size) else {
            throw StateStoreError(.damaged, file.path, "its end is missing")
        }
        let header = try StateHeader(file, end: start)
        guard header.tokenCount == trailer.tokens else {
            throw StateStoreError(.damaged, file.path, "it has \(header.tokenCount) tokens, not \(trailer.tokens)")
        }
        guard try Checksum.of(file, count: start) == trailer.checksum else {
            throw StateStoreError(.damaged, file.path, "its bytes were changed: the checksum differs")
        }
        // Only if nobody wrote meanwhile.
        if try file.status() == status { verified.insert(status, checksum: trailer.checksum) }
        return trailer
    }

    /// Finds out what became of a state whose file was not what the index says.
    /// - Returns: the state as it is now; nil if it is gone, or was not whole and is removed.
    func reconsider(_ row: StateRow, _ error: StateStoreError) throws(StateStoreError) -> StateRow? {
        guard let now = try self.row(row.entry.id) else { return nil }
        if now.entry.checksum != row.entry.checksum || now.entry.path != row.entry.path { return now }
        let path = now.entry.path
        let status = Files.status(path)
        var trailer: StateTrailer?
        if let status, status.isRegular {
            do throws(StateStoreError) {
                let file = try OpenFile(path, O_RDONLY)
                trailer = try verify(file, try file.status())
            } catch {
                guard error.code == .damaged || error.code == .missing else { throw error }
            }
        }
        return try write { database in
            guard let row = try StateRow.fetch(database, id: now.entry.id, states: states),
                Files.status(path) == status
            else { return try StateRow.fetch(database, id: now.entry.id, states: states) }
            if let trailer, let status, trailer.state.fingerprint.digest == row.entry.fingerprint {
                // The file is whole: the row is of another one that was there.
                try adopt(trailer, status, root: row.root, file: row.file, database)
                return try StateRow.fetch(database, id: now.entry.id, states: states)
            }
            try discard(row, database)
            return nil
        }
    }
}
