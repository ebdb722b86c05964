/// The chain of digests over a request, one at each boundary between messages. Two requests that begin alike have equal
/// digests up to the last boundary they share; the last digest is the key of the whole request.
///
///     d0 = SHA-256(fingerprint, parameters that the chat template sees, tools, leading system and developer messages)
///     di = SHA-256(d(i-1), message i)
///
/// All in canonical JSON, of messages as `CanonicalMessage` writes them. A digest is a hint where to look: the engine compares
/// tokens itself.
public struct PrefixChain: Sendable, Equatable {
    /// The place behind a message.
    public struct Boundary: Sendable, Equatable {
        /// Stands for everything before this place.
        public let digest: Digest
        /// Canonical bytes of tools and messages up to here, to estimate tokens by.
        public let bytes: Int

        /// - Parameters:
        ///   - digest: stands for everything before the boundary.
        ///   - bytes: canonical bytes up to here.
        public init(digest: Digest, bytes: Int) {
            self.digest = digest
            self.bytes = bytes
        }
    }

    /// The boundaries in order, at least one: the first stands behind tools and leading system messages. What comes behind
    /// `limit` boundaries moves the last one.
    public private(set) var boundaries: [Boundary]
    private let kind: ChatRequest.Kind

    /// The most boundaries of a chain.
    public static let limit = 4096
    /// A completion has a boundary each time this many bytes of its prompt have come.
    public static let completionStep = 2048

    /// The chain of a request.
    /// - Parameter fingerprint: of the engine that shall answer; nothing is shared between two of them.
    public init(_ request: ChatRequest, fingerprint: Digest) {
        let hash = SHA256()
        var sink = hash
        kind = request.kind
        boundaries = []
        switch kind {
        case .chat: sink.write("localcode chat 1\n")
        case .completion: sink.write("localcode completion 1\n")
        case .infill: sink.write("localcode infill 1\n")
        }
        hash.update(fingerprint)
        if kind != .infill { PrefixParameters(request.body, kind: kind).write(to: &sink) }
        switch kind {
        case .chat: appendMessages(of: request, hash)
        case .completion: appendPrompt(of: request, hash)
        case .infill:
            // Nobody comes back to what stood around a gap: where the last one was is where the next one goes.
            append(Boundary(digest: hash.finish(), bytes: request.body.range.count))
        }
    }

    /// A chain of given boundaries.
    public init(base: Boundary, _ rest: [Boundary] = [], kind: ChatRequest.Kind = .chat) {
        boundaries = [base] + rest
        self.kind = kind
    }

    /// d0: what a new conversation with the same tools and system messages begins with.
    public var base: Digest { boundaries[0].digest }

    /// The last digest, that of the whole request.
    public var key: Digest { boundaries[boundaries.count - 1].digest }

    /// How many leading boundaries both chains have.
    public func sharedCount(with other: PrefixChain) -> Int {
        var count = 0
        while count < boundaries.count, count < other.boundaries.count,
            boundaries[count].digest == other.boundaries[count].digest
        {
            count += 1
        }
        return count
    }

    /// The chain of the conversation when this message has been said; that of a completion does not grow.
    /// - Parameter message: the assistant's answer as the client will send it back.
    public func appending(_ message: JSONValue) -> PrefixChain {
        guard kind == .chat else { return self }
        var longer = self
        let text = message.bytes
        longer.append(JSONView(document: text, start: 0, end: text.count), SHA256())
        return longer
    }

    private mutating func appendMessages(of request: ChatRequest, _ hash: SHA256) {
        var sink = hash
        let begin = hash.count
        if let tools = request.tools, tools.elements.first(where: { _ in true }) != nil {
            CanonicalJSON.write(tools, to: &sink)
        }
        for message in request.messages {
            if boundaries.isEmpty {
                if message.role == "system" || message.role == "developer" {
                    sink.write("\n")
                    CanonicalMessage.write(message.view, to: &sink)
                    continue
                }
                let bytes = hash.count - begin
                append(Boundary(digest: hash.finish(), bytes: bytes))
            }
            append(message.view, hash)
        }
        if boundaries.isEmpty {
            let bytes = hash.count - begin
            append(Boundary(digest: hash.finish(), bytes: bytes))
        }
    }

    private mutating func append(_ message: JSONView, _ hash: SHA256) {
        let last = boundaries[boundaries.count - 1]
        var sink = hash
        hash.update(last.digest)
        CanonicalMessage.write(message, to: &sink)
        let bytes = hash.count - Digest.byteCount
        append(Boundary(digest: hash.finish(), bytes: last.bytes + bytes))
    }

    private mutating func append(_ boundary: Boundary) {
        if boundaries.count >= Self.limit { boundaries.removeLast() }
        boundaries.append(boundary)
    }

    private mutating func appendPrompt(of request: ChatRequest, _ hash: SHA256) {
        append(Boundary(digest: hash.finish(), bytes: 0))
        guard let prompt = request.body["prompt"] else { return }
        var steps = Steps(hash: hash, chain: self)
        hash.update(key)
        CanonicalJSON.write(prompt, to: &steps)
        if steps.filled > 0 { steps.close() }
        self = steps.chain
    }

    /// Takes the text of a prompt and adds a boundary after each step.
    private struct Steps: ByteSink {
        let hash: SHA256
        var chain: PrefixChain
        var filled = 0

        mutating func write(_ bytes: UnsafeRawBufferPointer) {
            var rest = bytes[...]
            while !rest.isEmpty {
                let piece = rest.prefix(PrefixChain.completionStep - filled)
                hash.update(UnsafeRawBufferPointer(rebasing: piece))
                filled += piece.count
                rest = rest[piece.endIndex...]
                if filled == PrefixChain.completionStep { close() }
            }
        }

        mutating func close() {
            let bytes = chain.boundaries[chain.boundaries.count - 1].bytes + filled
            chain.append(Boundary(digest: hash.finish(), bytes: bytes))
            hash.update(chain.key)
            filled = 0
        }
    }
}
