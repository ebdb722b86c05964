#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What tells a model file from every other, without reading all of it: its header, its size, and blocks of tensor data
/// spread evenly over the file. Two fine-tunes of one model can have the same header and the same size.
///
/// The form is that of GGUF 2 and 3 (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md), little endian.
public enum GGUFIdentity {
    /// Blocks of all parts together. A change of a run of bytes longer than a 128th of the file cannot fall between them.
    static let blockCount = 128
    static let blockBytes = 32 << 10
    /// Blocks of a part of a model that is split into many.
    private static let leastBlocks = 8

    /// The digest of a model. Of a split model (`NAME-00001-of-00003.gguf`) all parts are taken, whichever is named.
    /// - Throws: `StateStoreError` about a part that is missing, cannot be read, or is no such file.
    public static func digest(path: String) throws(StateStoreError) -> Digest {
        let parts = try parts(of: path)
        let hash = SHA256()
        hash.update(Array("localcode gguf 1\n".utf8))
        for part in parts { try update(hash, path: part, blocks: max(leastBlocks, blockCount / parts.count)) }
        return hash.finish()
    }

    /// The files of a model.
    static func parts(of path: String) throws(StateStoreError) -> [String] {
        let name = path.utf8
        let suffix = Array("-00001-of-00001.gguf".utf8)
        guard name.count >= suffix.count else { return [path] }
        let end = Array(name.suffix(suffix.count))
        guard end.starts(with: "-".utf8), end[6..<10].elementsEqual("-of-".utf8),
            end[15...].elementsEqual(".gguf".utf8),
            let number = decimal(end[1..<6]), let count = decimal(end[10..<15]), count > 0
        else { return [path] }
        guard (1...count).contains(number) else {
            throw StateStoreError(.damaged, path, "it is said to be part \(number) of \(count)")
        }
        let stem = String(decoding: name.dropLast(suffix.count), as: UTF8.self)
        return (1...count).map { "\(stem)-\(padded($0))-of-\(padded(count)).gguf" }
    }

    private static func update(_ hash: SHA256, path: String, blocks: Int) throws(StateStoreError) {
        let file = try OpenFile(path, O_RDONLY, followsLink: true)
        let status = try file.status()
        guard status.isRegular else { throw StateStoreError(.damaged, path, "it is no file") }
        withUnsafeBytes(of: UInt64(status.size).littleEndian) { hash.update($0) }
        let header = GGUFHeader(file, fileBytes: status.size, hash: hash)
        try header.read()
        for range in Self.blocks(of: header.data, count: blocks) { try header.hash(range) }
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

    private static func decimal(_ digits: ArraySlice<UInt8>) -> Int? {
        digits.allSatisfy { (0x30...0x39).contains($0) } ? Int(String(decoding: digits, as: UTF8.self)) : nil
    }

    private static func padded(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 5 - digits.count)) + digits
    }
}
