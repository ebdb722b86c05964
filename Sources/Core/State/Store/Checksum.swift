import COpenSSL

/// Tells whether bytes are the ones that were written. Poly1305 (RFC 8439) with a fixed key: it is no secret that
/// protects against an attacker but the fastest function of OpenSSL that no accident passes; it keeps up with memory.
final class Checksum {
    /// The length of a value.
    static let byteCount = 16

    private struct Algorithm: @unchecked Sendable {
        let mac = EVP_MAC_fetch(nil, "POLY1305", nil)
    }
    private static let algorithm = Algorithm()
    private static let key = Array("localcode state file checksum: 1".utf8)

    private let context: OpaquePointer?
    private var isWhole: Bool

    init() {
        context = EVP_MAC_CTX_new(Self.algorithm.mac)
        isWhole = context != nil && EVP_MAC_init(context, Self.key, Self.key.count, nil) == 1
    }

    deinit { EVP_MAC_CTX_free(context) }

    func update(_ bytes: UnsafeRawBufferPointer) {
        let base = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
        isWhole = isWhole && (bytes.isEmpty || EVP_MAC_update(context, base, bytes.count) == 1)
    }

    /// The value; nil where the library cannot tell.
    func finish() -> [UInt8]? {
        var count = 0
        let value = [UInt8](unsafeUninitializedCapacity: Self.byteCount) { buffer, filled in
            isWhole = isWhole && EVP_MAC_final(context, buffer.baseAddress, &count, buffer.count) == 1
            filled = isWhole ? count : 0
        }
        return value.count == Self.byteCount ? value : nil
    }

    /// The checksum of some bytes.
    static func of(_ bytes: [UInt8]) -> [UInt8]? {
        let checksum = Checksum()
        bytes.withUnsafeBytes(checksum.update)
        return checksum.finish()
    }

    /// The checksum of a file's first bytes.
    static func of(_ file: borrowing OpenFile, count: Int) throws(StateStoreError) -> [UInt8] {
        let checksum = Checksum()
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 64)
        defer { block.deallocate() }
        var offset = 0
        while offset < count {
            let part = UnsafeMutableRawBufferPointer(rebasing: block[..<min(block.count, count - offset)])
            let read = try file.read(into: part, at: offset)
            guard read == part.count else {
                throw StateStoreError(.damaged, file.path, "it ends after \(offset + read) of \(count) bytes")
            }
            checksum.update(UnsafeRawBufferPointer(part))
            offset += read
        }
        guard let value = checksum.finish() else {
            throw StateStoreError(.system, file.path, "OpenSSL has no Poly1305")
        }
        return value
    }
}
