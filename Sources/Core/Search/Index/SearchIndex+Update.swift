extension SearchIndex {
    /// The longest file that is searched, in bytes; longer ones are data or were generated.
    public static let fileLimit = 1 << 20
    /// The most bytes of source text in one index.
    public static let sizeLimit = 1 << 30
    /// A file that was changed less long ago than this, in nanoseconds, may be changed again within the same tick of its clock.
    private static let tick: Int64 = 100_000_000
    /// What git looks at, too, to find out that a file is binary.
    private static let binaryPrefix = 8_000

    /// The index of the files as they are now: a file whose size and time are the same is not read again.
    /// - Parameters:
    ///   - found: what a walk found, sorted by path.
    ///   - root: where the paths begin.
    ///   - now: nanoseconds since 1970, taken before the walk.
    ///   - step: called for each file that is read, with the number of those before it; throws to stop the work.
    /// - Returns: nil when nothing has changed.
    /// - Throws: `SearchError` when there is too much, and what `step` throws.
    public func updated(
        _ found: [SourceFile], root: String, now: Int64, step: (Int) throws -> Void = { _ in }
    ) throws -> SearchIndex? {
        guard files.map(\.source) != found else { return nil }
        let size = found.reduce(0) { $0 + ($1.size > Self.fileLimit ? 0 : $1.size) }
        guard size <= Self.sizeLimit else {
            throw SearchError(
                "there is more than \(ByteCount(bytes: Self.sizeLimit)) of text below \(root)",
                hint: "name a directory in it")
        }
        var new = SearchIndex()
        var old = files[...]
        var read = 0
        for file in found {
            while let first = old.first, first.source.path < file.path { old.removeFirst() }
            if let same = old.first, same.source == file {
                new.append(same, as: file, from: self)
                continue
            }
            try step(read)
            read += 1
            var source = file
            if file.modified > now - Self.tick { source.modified = Self.unknown }
            new.append(source, text: Self.text("\(root)/\(file.path)", size: file.size))
        }
        return new
    }

    /// A time that no file has.
    private static let unknown = Int64.min

    private static func text(_ path: String, size: Int) -> [UInt8]? {
        guard size <= fileLimit, let text = SmallFile.bytes(path, limit: fileLimit) else { return nil }
        return isBinary(text) ? nil : text
    }

    static func isBinary(_ text: [UInt8]) -> Bool { text.prefix(binaryPrefix).contains(0) }
}
