import LocalCodeCore
import Testing

@Suite struct SHA256Tests {
    /// FIPS 180-2, appendix B, and the empty message.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            String(repeating: "a", count: 1_000_000),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        ),
    ])
    func agreesWithTheStandard(_ message: String, _ hex: String) {
        #expect(SHA256.digest(Array(message.utf8)).hex == hex)
        let hash = SHA256()
        hash.update(message.utf8)
        #expect(hash.finish().hex == hex)
    }

    @Test func piecesOfAnyLengthMakeTheSameDigest() {
        let bytes = (0..<20_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let whole = SHA256.digest(bytes)
        var random = SeededGenerator(seed: 1)
        let hash = SHA256()
        for step in [1, 63, 64, 1023, 1024, 1025, 4095, 4096, 4097, 0] {
            var rest = bytes[...]
            while !rest.isEmpty {
                let piece = rest.prefix(step == 0 ? Int.random(in: 1...5000, using: &random) : step)
                hash.update(piece)
                rest = rest[piece.endIndex...]
            }
            #expect(hash.count == bytes.count)
            #expect(hash.finish() == whole, "in pieces of \(step)")
            #expect(hash.count == 0)
        }
    }

    @Test func takesBytesThatAreNowhereInOneBlock() {
        let bytes = (0..<300).lazy.map { UInt8(truncatingIfNeeded: $0) }
        let hash = SHA256()
        hash.update(bytes)
        #expect(hash.finish() == SHA256.digest(Array(bytes)))
        #expect(SHA256.digest(bytes) == SHA256.digest(Array(bytes)))
    }

    @Test func aDigestIsReadBackFromItsBytesAndItsDigits() throws {
        let digest = SHA256.digest(Array("abc".utf8))
        #expect(digest.bytes.count == 32)
        #expect(Digest(bytes: digest.bytes) == digest)
        #expect(Digest(hex: digest.hex) == digest)
        #expect(Digest(hex: digest.hex.uppercased()) == digest)
        #expect("\(digest)" == digest.hex)
        let hash = SHA256()
        hash.update(digest)
        #expect(hash.finish() == SHA256.digest(digest.bytes))
    }

    @Test func refusesWhatIsNoDigest() {
        let hex = SHA256.digest([]).hex
        #expect(Digest(bytes: []) == nil)
        #expect(Digest(bytes: [UInt8](repeating: 0, count: 31)) == nil)
        #expect(Digest(bytes: [UInt8](repeating: 0, count: 33)) == nil)
        for text in ["", String(hex.dropLast()), String(hex.dropLast(2)), hex + "0", hex + "00", "g" + hex.dropFirst()]
        {
            #expect(Digest(hex: text) == nil, "\(text)")
        }
    }
}
