import COpenSSL

/// SHA-256 of bytes that come in pieces, by OpenSSL.
///
/// Small pieces are collected before they are handed on: a call into the library costs more than hashing a few bytes.
/// Where the library lacks SHA-256 or has no memory, a digest is random: it equals no other, so that nothing is found by it.
public final class SHA256 {
    /// How many bytes have come since the digest was begun.
    public var count: Int { state.pointee.count }

    private struct State {
        var count = 0
        /// How many bytes are collected.
        var filled = 0
        /// Whether the library has taken everything.
        var isWhole = false
    }

    private let context: OpaquePointer?
    private let collected: UnsafeMutableRawPointer
    /// Variables of the object itself would have each access checked; that costs as much as taking a small piece.
    private let state: UnsafeMutablePointer<State>

    private static let capacity = 4096
    /// Pieces from this length on are worth a call of their own.
    private static let direct = 1024

    /// Looking the algorithm up by name takes longer than hashing a short message.
    private struct Algorithm: @unchecked Sendable {
        let method = EVP_MD_fetch(nil, "SHA256", nil)
    }
    private static let algorithm = Algorithm()

    /// Begins a digest.
    public init() {
        context = EVP_MD_CTX_new()
        collected = .allocate(byteCount: Self.capacity, alignment: 16)
        state = .allocate(capacity: 1)
        state.initialize(to: State())
        begin()
    }

    deinit {
        EVP_MD_CTX_free(context)
        collected.deallocate()
        state.deallocate()
    }

    /// Takes the next piece.
    public func update(_ bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress else { return }
        state.pointee.count += bytes.count
        if bytes.count >= Self.direct || state.pointee.filled + bytes.count > Self.capacity { flush() }
        if bytes.count >= Self.direct {
            hash(base, bytes.count)
        } else {
            (collected + state.pointee.filled).copyMemory(from: base, byteCount: bytes.count)
            state.pointee.filled += bytes.count
        }
    }

    /// Takes the next piece.
    public func update(_ bytes: some Sequence<UInt8>) {
        let isDone: Void? = bytes.withContiguousStorageIfAvailable { update(UnsafeRawBufferPointer($0)) }
        if isDone == nil { update(Array(bytes)) }
    }

    /// Takes a digest as the next piece.
    public func update(_ digest: Digest) { digest.withBytes(update) }

    /// The digest of all that came. What comes next begins a new one.
    public func finish() -> Digest {
        flush()
        let digest = Digest { output in
            let target = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
            let isWhole = state.pointee.isWhole && EVP_DigestFinal_ex(context, target, nil) == 1
            if !isWhole { Self.fillRandomly(output) }
        }
        begin()
        return digest
    }

    /// The digest of these bytes.
    public static func digest(_ bytes: some Sequence<UInt8>) -> Digest {
        let digest = bytes.withContiguousStorageIfAvailable { buffer in
            Digest { output in
                let target = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
                let isWhole = EVP_Digest(buffer.baseAddress, buffer.count, target, nil, algorithm.method, nil) == 1
                if !isWhole { fillRandomly(output) }
            }
        }
        return digest ?? Self.digest(Array(bytes))
    }

    private func begin() {
        let isWhole = context != nil && EVP_DigestInit_ex(context, Self.algorithm.method, nil) == 1
        state.pointee = State(isWhole: isWhole)
    }

    private func flush() {
        if state.pointee.filled > 0 { hash(collected, state.pointee.filled) }
        state.pointee.filled = 0
    }

    private func hash(_ bytes: UnsafeRawPointer, _ count: Int) {
        if state.pointee.isWhole { state.pointee.isWhole = EVP_DigestUpdate(context, bytes, count) == 1 }
    }

    private static func fillRandomly(_ output: UnsafeMutableRawBufferPointer) {
        for index in output.indices { output[index] = .random(in: .min ... .max) }
    }
}

extension SHA256: ByteSink {
    /// As `update`.
    public func write(_ bytes: UnsafeRawBufferPointer) { update(bytes) }
}
