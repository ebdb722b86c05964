/// Which words are where in a tree of source files: for every chunk of every file the hashes of its words, with how often each
/// of them comes.
///
/// It is kept by files and not by words: a file that changed has its part made anew, and what a question needs is found by
/// looking at every chunk, a few nanoseconds each.
public struct SearchIndex: Sendable, Equatable {
    /// A file that is in the index.
    struct File: Sendable, Equatable {
        var source: SourceFile
        /// Its chunks; none where there is nothing to search in it.
        var chunks: Range<Int>
    }

    /// A chunk of a file.
    struct Chunk: Sendable, Equatable {
        /// Line numbers from 1.
        var firstLine: Int
        var lastLine: Int
        /// How many words it has, each as often as it comes.
        var length: Int
        /// Where its words are in `hashes` and `counts`.
        var words: Range<Int>
    }

    /// Sorted by their paths.
    private(set) var files: [File] = []
    private(set) var chunks: [Chunk] = []
    /// Of every chunk's words, each once, rising.
    private(set) var hashes: [UInt32] = []
    /// How often each of them comes, as far as that can be counted.
    private(set) var counts: [UInt8] = []

    /// An index of nothing.
    public init() {}

    init(files: [File], chunks: [Chunk], hashes: [UInt32], counts: [UInt8]) {
        self.files = files
        self.chunks = chunks
        self.hashes = hashes
        self.counts = counts
    }

    /// How many files there are in which something can be found.
    public var fileCount: Int { files.count { !$0.chunks.isEmpty } }

    /// How many lines the chunks have.
    public var lineCount: Int { chunks.reduce(0) { $0 + $1.lastLine - $1.firstLine + 1 } }

    /// How many chunks there are.
    public var chunkCount: Int { chunks.count }

    /// Adds a file; its path comes behind those that are there.
    /// - Parameter text: nil for a file in which nothing is to be searched.
    mutating func append(_ source: SourceFile, text: [UInt8]?) {
        let first = chunks.count
        if let text {
            for chunk in SourceChunk.chunks(of: text, isMarkup: Self.isMarkup(source.path)) { append(chunk, of: text) }
        }
        files.append(File(source: source, chunks: first..<chunks.count))
    }

    /// Adds a text that is one chunk as a whole.
    mutating func append(document: String, named name: String) {
        let text = Array(document.utf8)
        let lines = text.count { $0 == 0x0A } + 1
        append(SourceChunk(lines: 1...lines, bytes: text.indices, definitions: []), of: text)
        let source = SourceFile(path: name, size: text.count, modified: 0)
        files.append(File(source: source, chunks: chunks.count - 1..<chunks.count))
    }

    /// Adds a file as another index has it.
    mutating func append(_ file: File, as source: SourceFile, from other: SearchIndex) {
        let first = chunks.count
        for chunk in other.chunks[file.chunks] {
            var copy = chunk
            copy.words = hashes.count..<hashes.count + chunk.words.count
            hashes += other.hashes[chunk.words]
            counts += other.counts[chunk.words]
            chunks.append(copy)
        }
        files.append(File(source: source, chunks: first..<chunks.count))
    }

    private mutating func append(_ chunk: SourceChunk, of text: [UInt8]) {
        var words = SearchWords()
        var all: [UInt32] = []
        words.read(text, chunk.bytes, into: &all)
        let length = all.count
        // What a chunk defines says most about it.
        for line in chunk.definitions { words.read(text, line, into: &all) }
        all.sort()
        let first = hashes.count
        for hash in all {
            if hashes.count > first, hashes.last == hash {
                counts[counts.count - 1] = min(counts[counts.count - 1], 254) + 1
            } else {
                hashes.append(hash)
                counts.append(1)
            }
        }
        chunks.append(
            Chunk(
                firstLine: chunk.lines.lowerBound, lastLine: chunk.lines.upperBound, length: length,
                words: first..<hashes.count))
    }

    private static func isMarkup(_ path: String) -> Bool {
        [".md", ".markdown", ".mdx"].contains { path.hasSuffix($0) }
    }
}
