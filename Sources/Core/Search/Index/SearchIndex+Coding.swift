/// The file of an index: a head with the root of its tree, then the files with their chunks, the hashes, and the counts. All
/// numbers are little-endian.
extension SearchIndex {
    /// Eight letters, then the version of the format and of what makes the words.
    private static let magic = Array("LCSEARCH".utf8)
    private static let version: UInt32 = 1

    /// - Parameter root: of the tree that the index is of.
    func encoded(root: String) -> [UInt8] {
        var bytes = Self.magic
        bytes.reserveCapacity(64 + files.count * 80 + chunks.count * 10 + hashes.count * 5)
        bytes.append(little: Self.version)
        bytes.append(text: root)
        for count in [files.count, chunks.count, hashes.count] { bytes.append(little: UInt32(clamping: count)) }
        for file in files {
            bytes.append(text: file.source.path)
            bytes.append(little: UInt64(clamping: file.source.size))
            bytes.append(little: file.source.modified)
            bytes.append(little: UInt32(clamping: file.chunks.count))
        }
        for chunk in chunks {
            bytes.append(little: UInt32(clamping: chunk.firstLine))
            bytes.append(little: UInt32(clamping: chunk.lastLine))
            bytes.append(little: UInt32(clamping: chunk.length))
            bytes.append(little: UInt32(clamping: chunk.words.count))
        }
        for hash in hashes { bytes.append(little: hash) }
        return bytes + counts
    }

    /// - Returns: nil when the bytes are no index of this tree, whatever they are.
    init?(_ bytes: [UInt8], root: String) {
        var reader = Reader(bytes: bytes)
        guard bytes.starts(with: Self.magic) else { return nil }
        reader.place = Self.magic.count
        guard reader.number(UInt32.self) == Self.version, reader.text() == root,
            let files = reader.count(leastSize: 24), let chunks = reader.count(leastSize: 16),
            let words = reader.count(leastSize: 5)
        else { return nil }
        var all = (files: [File](), chunks: [Chunk](), hashes: [UInt32]())
        var place = 0
        for _ in 0..<files {
            guard let path = reader.text(), let size = reader.number(UInt64.self), let time = reader.number(Int64.self),
                let count = reader.number(UInt32.self), Int(count) <= chunks - place
            else { return nil }
            let source = SourceFile(path: path, size: Int(clamping: size), modified: time)
            all.files.append(File(source: source, chunks: place..<place + Int(count)))
            place += Int(count)
        }
        guard place == chunks else { return nil }
        place = 0
        for _ in 0..<chunks {
            guard let first = reader.number(UInt32.self), let last = reader.number(UInt32.self), first > 0,
                first <= last,
                let length = reader.number(UInt32.self), let count = reader.number(UInt32.self),
                Int(count) <= words - place
            else { return nil }
            all.chunks.append(
                Chunk(
                    firstLine: Int(first), lastLine: Int(last), length: Int(length), words: place..<place + Int(count)))
            place += Int(count)
        }
        guard place == words else { return nil }
        all.hashes.reserveCapacity(words)
        for _ in 0..<words {
            guard let hash = reader.number(UInt32.self) else { return nil }
            all.hashes.append(hash)
        }
        guard bytes.count - reader.place == words else { return nil }
        self.init(files: all.files, chunks: all.chunks, hashes: all.hashes, counts: Array(bytes[reader.place...]))
    }
}

/// Reads what was appended.
private struct Reader {
    let bytes: [UInt8]
    var place = 0

    mutating func number<Number: FixedWidthInteger>(_ type: Number.Type) -> Number? {
        let size = Number.bitWidth / 8
        guard size <= bytes.count - place else { return nil }
        var number: Number = 0
        for index in (0..<size).reversed() { number = number << 8 | Number(truncatingIfNeeded: bytes[place + index]) }
        place += size
        return number
    }

    mutating func text() -> String? {
        guard let length = number(UInt32.self), Int(length) <= bytes.count - place else { return nil }
        defer { place += Int(length) }
        return String(decoding: bytes[place..<place + Int(length)], as: UTF8.self)
    }

    /// A number of things that the rest of the bytes has room for.
    mutating func count(leastSize: Int) -> Int? {
        guard let count = number(UInt32.self), Int(count) <= (bytes.count - place) / leastSize else { return nil }
        return Int(count)
    }
}

extension [UInt8] {
    fileprivate mutating func append(little number: some FixedWidthInteger) {
        for shift in stride(from: 0, to: number.bitWidth, by: 8) {
            append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }

    fileprivate mutating func append(text: String) {
        append(little: UInt32(clamping: text.utf8.count))
        append(contentsOf: text.utf8)
    }
}
