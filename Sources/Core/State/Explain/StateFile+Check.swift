#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension StateFile {
    /// Reads the engine's bytes and holds them against the checksum that was written behind them. Changes nothing.
    /// - Throws: `.damaged` where they are not the ones that were saved, or nothing tells which those were.
    public func check() throws(StateStoreError) {
        guard let trailer else { throw StateStoreError(.damaged, path, "it has no description to check it by") }
        guard trailer.tokens == tokenCount else {
            throw StateStoreError(.damaged, path, "it has \(tokenCount) tokens, not \(trailer.tokens)")
        }
        guard try Checksum.of(OpenFile(path, O_RDONLY), count: stateBytes) == trailer.checksum else {
            throw StateStoreError(.damaged, path, "its bytes were changed: the checksum differs")
        }
    }
}
