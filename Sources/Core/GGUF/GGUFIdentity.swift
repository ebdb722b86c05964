/// What tells a model file from every other, without reading all of it: its header, its size, and blocks of tensor data
/// spread evenly over the file. Two fine-tunes of one model can have the same header and the same size.
public enum GGUFIdentity {
    /// Blocks of all parts together. A change of a run of bytes longer than a 128th of the file cannot fall between them.
    static let blockCount = 128
    static let blockBytes = 32 << 10
    /// Blocks of a part of a model that is split into many.
    private static let leastBlocks = 8

    /// The digest of a model. Of a split model (`NAME-00001-of-00003.gguf`) all parts are taken, whichever is named.
    /// - Throws: `GGUFError` about a part that is missing, cannot be read, or is no such file.
    public static func digest(path: String) throws(GGUFError) -> Digest {
        let parts = try GGUFFile.partPaths(of: path)
        let hash = SHA256()
        hash.update(Array("localcode gguf 1\n".utf8))
        for part in parts { try update(hash, path: part, blocks: max(leastBlocks, blockCount / parts.count)) }
        return hash.finish()
    }

    private static func update(_ hash: SHA256, path: String, blocks: Int) throws(GGUFError) {
        let reader = try GGUFReader(path, hash: hash)
        withUnsafeBytes(of: UInt64(reader.fileBytes).littleEndian) { hash.update($0) }
        let part = try GGUFPart(reader)
        for range in Self.blocks(of: part.data, count: blocks) { try reader.hash(range) }
    }

    /// The first and the last block of a range and those between, evenly; all of it if it is not larger.
    static func blocks(of data: Range<Int>, count: Int) -> [Range<Int>] {
        guard data.count > count * blockBytes else { return data.isEmpty ? [] : [data] }
        let room = data.count - blockBytes
        return (0..<count).map { index in
            let start = data.lowerBound + index * room / (count - 1)
            return start..<start + blockBytes
        }
    }
}
