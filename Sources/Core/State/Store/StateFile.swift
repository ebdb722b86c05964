#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A file that llama-server wrote with `action=save`, taken apart as far as its form is known: header and tokens, what the
/// parts of the memory hold, checkpoints, and the trailer of ours if there is one.
///
/// The form is that of `llama_state_seq_save_file` and `save_slot_checkpoints` in llama.cpp at version 4 of the state.
/// A file is not trusted: no length in it makes more be read or kept than the file has.
public struct StateFile: Sendable, Equatable {
    /// An image or a recording among the tokens.
    public struct Media: Sendable, Equatable {
        /// The number of its first token.
        public var start: Int
        /// The size of its own data.
        public var bytes: Int
    }

    /// A point that a model without a rewindable state can go back to.
    public struct Checkpoint: Sendable, Equatable {
        /// Tokens up to there.
        public var tokens: Int
        /// The first position it holds.
        public var positionMinimum: Int
        /// The last position it holds.
        public var positionMaximum: Int
        /// Size of the model's part.
        public var targetBytes: Int
        /// Size of the draft model's part.
        public var draftBytes: Int
        /// Size of the speculative decoder's part.
        public var speculativeBytes: Int
    }

    /// A part of the memory: a model with a sliding window has two, a hybrid one has an attention and a recurrent part.
    public struct Memory: Sendable, Equatable {
        /// What kind of memory it is.
        public enum Kind: String, Sendable {
            /// Keys and values for each token.
            case attention
            /// One state for the whole sequence.
            case recurrent
        }
        /// What kind it is.
        public var kind: Kind
        /// Streams in it; more than one in a cache that is not unified.
        public var streams: Int
        /// Tokens it holds.
        public var cells: Int
        /// The lowest position; nil where there are no cells.
        public var positionMinimum: Int?
        /// The highest position; nil where there are no cells.
        public var positionMaximum: Int?
        /// Layers with keys, or with a recurrent state.
        public var layers: Int
        /// ggml's numbers for the types of its rows, each once.
        public var types: [Int]
        /// Whether values are stored by column, as without flash attention.
        public var isTransposed: Bool
        /// Its size.
        public var bytes: Int
    }

    /// The file.
    public let path: String
    /// The file's size.
    public let fileBytes: Int
    /// Length of what the engine wrote.
    public let stateBytes: Int
    /// Tokens, placeholders of media included.
    public let tokenCount: Int
    /// Where media stand among the tokens.
    public let media: [Media]
    /// The memory's parts; nil where their form is not known.
    public let memory: [Memory]?
    /// The checkpoints, in the order of the file.
    public let checkpoints: [Checkpoint]
    /// What LocalCode wrote; nil in a file that the engine alone has written.
    public let trailer: StateTrailer?
    let tokensOffset: Int

    /// Takes a file apart.
    /// - Throws: `.missing`, `.damaged` with what is wrong, or `.foreign` for a form that is not known.
    public init(path: String) throws(StateStoreError) {
        try self.init(OpenFile(path, O_RDONLY))
    }

    init(_ file: consuming OpenFile) throws(StateStoreError) {
        let status = try file.status()
        guard status.isRegular else { throw StateStoreError(.damaged, file.path, "it is no file") }
        let found = try StateTrailer.read(file, size: status.size)
        let end = found?.start ?? status.size
        let header = try StateHeader(file, end: end)
        path = file.path
        fileBytes = status.size
        stateBytes = end
        tokenCount = header.tokenCount
        tokensOffset = header.tokensOffset
        trailer = found?.trailer
        let walk = StateWalk(FileWindow(file, end: end), tokenCount: header.tokenCount)
        media = try walk.media(header)
        let rest = try walk.rest(from: header.memoryOffset)
        memory = rest.memory
        checkpoints = rest.checkpoints
        try walk.window.check()
    }

    /// The tokens; those of media are -1.
    public func tokens() throws(StateStoreError) -> [Int32] {
        let file = try OpenFile(path, O_RDONLY)
        var failure: StateStoreError?
        let tokens = [Int32](unsafeUninitializedCapacity: tokenCount) { buffer, filled in
            do throws(StateStoreError) {
                let bytes = UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: buffer[..<tokenCount]))
                filled = try file.read(into: bytes, at: tokensOffset) / 4
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        guard tokens.count == tokenCount else { throw StateStoreError(.damaged, path, "it became shorter") }
        return tokens.map(Int32.init(littleEndian:))
    }
}

/// The beginning of a state file: enough to tell that it is one, and how many tokens it has.
struct StateHeader {
    /// "qsgg" as the bytes stand.
    static let magic: UInt32 = 0x6767_7371
    /// `LLAMA_STATE_SEQ_VERSION`.
    static let version: UInt32 = 4
    /// `SERVER_TOKENS_STATE_VERSION`.
    static let tokensVersion: UInt32 = 1
    private static let fixedBytes = 24

    let tokenCount: Int
    let tokensOffset: Int
    /// Where the tokens end and media may begin; nil in a plain list of tokens, as older servers wrote it.
    let mediaOffset: Int?
    let memoryOffset: Int

    /// - Parameter end: where the engine's bytes end.
    init(_ file: borrowing OpenFile, end: Int) throws(StateStoreError) {
        let bytes = try file.bytes(at: 0, count: min(end, Self.fixedBytes))
        func word(_ index: Int) -> UInt32? {
            guard bytes.count >= index * 4 + 4 else { return nil }
            return bytes.withUnsafeBytes {
                UInt32(littleEndian: $0.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self))
            }
        }
        guard let magic = word(0), let version = word(1), let wordCount = word(2) else {
            throw StateStoreError(.damaged, file.path, "it has \(end) bytes, too few for a state")
        }
        guard magic == Self.magic else { throw StateStoreError(.damaged, file.path, "it is no state of llama-server") }
        guard version == Self.version else {
            throw StateStoreError(.foreign, file.path, "its state has version \(version), not \(Self.version)")
        }
        let words = Int(wordCount)
        guard words <= (end - 12) / 4 else {
            throw StateStoreError(.damaged, file.path, "it ends within its \(words) words of tokens")
        }
        memoryOffset = 12 + words * 4
        guard words > 0, word(3) == .max else {
            (tokenCount, tokensOffset, mediaOffset) = (words, 12, nil)
            return
        }
        guard words >= 3, word(4) == Self.tokensVersion, let count = word(5) else {
            throw StateStoreError(.foreign, file.path, "its list of tokens has a form that is not known")
        }
        guard Int(count) <= words - 3 else {
            throw StateStoreError(.damaged, file.path, "it ends within its \(count) tokens")
        }
        tokenCount = Int(count)
        tokensOffset = Self.fixedBytes
        mediaOffset = Self.fixedBytes + tokenCount * 4
    }
}
