#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension StateStore {
    /// Checks every byte of a state, one that was checked before as well. A damaged one is removed.
    /// - Throws: `.damaged` with what is wrong, `.missing` if there is no file.
    /// - Returns: false when there is no such state, or not any more.
    @discardableResult public func verify(_ id: Int64) throws(StateStoreError) -> Bool {
        guard let row = try row(id) else { return false }
        guard !row.entry.isInRing else { return true }
        do throws(StateStoreError) {
            let file = try OpenFile(row.entry.path, O_RDONLY)
            let status = try file.status()
            try verify(file, status)
            try check(row.entry, at: row.entry.path)
        } catch {
            guard error.code == .damaged || error.code == .missing else { throw error }
            guard try self.row(id) != nil else { return false }
            // It may have been replaced meanwhile by one that is whole.
            if try reconsider(row, error) == nil { throw error }
        }
        return true
    }

    /// Copies a state to a file that describes itself and can be taken to another machine. A file that is there already is
    /// replaced, and only by a whole one.
    public func export(_ entry: StateEntry, to path: String) throws(StateStoreError) {
        guard !entry.isInRing else {
            throw StateStoreError(.missing, entry.path, "it is in a directory that only its engine sees")
        }
        let unfinished = "\(path).\(getpid()).unfinished"
        Files.remove(unfinished)
        try Files.copy(entry.path, to: unfinished)
        do throws(StateStoreError) {
            try check(entry, at: unfinished)
            try OpenFile(unfinished, O_RDWR).synchronize()
            try Files.rename(unfinished, to: path)
        } catch {
            Files.remove(unfinished)
            throw error
        }
    }

    /// Takes a copy of a file that describes itself into the store.
    /// - Parameters:
    ///   - name: the name to keep it under, instead of its own.
    ///   - fingerprint: throws `.foreign`, with what differs, if the file is of another one; nil: any is taken.
    public func importState(
        from path: String, name: String? = nil, fingerprint: Fingerprint? = nil
    ) throws(StateStoreError) -> StateEntry {
        let source = try OpenFile(path, O_RDONLY)
        let status = try source.status()
        guard status.isRegular else { throw StateStoreError(.damaged, path, "it is no file") }
        guard var trailer = try StateTrailer.read(source, size: status.size)?.trailer else {
            throw StateStoreError(.damaged, path, "it does not end with a description by LocalCode")
        }
        if let fingerprint, fingerprint != trailer.state.fingerprint {
            throw StateStoreError(.foreign, path, Self.difference(fingerprint, trailer.state.fingerprint))
        }
        try verify(source, status)
        try reserve(status.size, root: "", on: states)
        let exchange = try DirectoryExchange(own: self)
        defer { exchange.close() }
        let copy = "\(exchange.directory ?? states)/import"
        try Files.copy(path, to: copy)
        let file = try OpenFile(copy, O_RDWR)
        if let name {
            trailer.state.name = name
            trailer.state.kind = .named
            guard ftruncate(file.descriptor, off_t(trailer.stateBytes)) == 0 else {
                throw .system(copy, "cannot shorten it")
            }
            try file.write(trailer.bytes, at: trailer.stateBytes)
        }
        try verify(file, try file.status())
        try file.synchronize()
        guard let key = trailer.key else { throw StateStoreError(.damaged, path, "it has no boundaries") }
        let entry = try take(
            copy, (trailer, try file.status()), root: "", file: Self.file(of: trailer.state, key: key))
        if try enforceLimits().contains(entry.id) {
            throw StateStoreError(.diskFull, path, "there was no room for it beside what is worth more")
        }
        return entry
    }

    /// Both fingerprints, and what differs between them.
    static func difference(_ ours: Fingerprint, _ theirs: Fingerprint) -> String {
        let parts = theirs.differences(from: ours).map { difference in
            "\(difference.name) is \(difference.ours ?? "not known"), here \(difference.theirs ?? "not known")"
        }
        return "it is of another engine (\(theirs.digest.hex.prefix(12)), here \(ours.digest.hex.prefix(12))): "
            + parts.joined(separator: "; ")
    }
}
