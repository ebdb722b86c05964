import LocalCodeCore
import Testing

/// Texts that were made to cost much. A quadratic step in any of these would take minutes.
@Suite struct CanonicalHostileTests {
    private func digest(_ bytes: [UInt8], limits: JSONLimits = JSONLimits()) throws -> Digest {
        var hash = SHA256()
        CanonicalJSON.write(try JSONView(validating: bytes, limits: limits), to: &hash)
        return hash.finish()
    }

    @Test func manyMembersInReverse() throws {
        let count = 1 << 18
        func text(_ numbers: some Sequence<Int>) -> [UInt8] {
            var bytes: [UInt8] = [0x7B]
            for number in numbers {
                if bytes.count > 1 { bytes.append(0x2C) }
                bytes += "\"\(number)\":0".utf8
            }
            return bytes + [0x7D]
        }
        let forward = try digest(text(count..<2 * count))
        #expect(try digest(text((count..<2 * count).reversed())) == forward)
        #expect(try digest(text(count..<2 * count - 1)) != forward)
    }

    @Test func theSameNameManyTimes() throws {
        let members = [UInt8]((0..<1 << 18).map { _ in Array(#""a":{"b":1},"#.utf8) }.joined())
        #expect(try digest([0x7B] + members + Array(#""a":2}"#.utf8)) == SHA256.digest(Array(#"{"a":2}"#.utf8)))
    }

    /// A large innermost object that each one around it makes stand behind a shorter member.
    @Test func deepObjectsOutOfOrder() throws {
        let depth = 510
        let members = (0..<1 << 16).map { "\"\($0)\":[]" }.joined(separator: ",")
        let open = String(repeating: #"{"b":"#, count: depth)
        let close = String(repeating: #","a":0}"#, count: depth)
        let text = Array((open + "{" + members + "}" + close).utf8)
        #expect(try digest(text) == digest(CanonicalJSON.bytes(of: try JSONView(validating: text))))
    }

    @Test func manySmallObjects() throws {
        let objects = Array(repeating: #"{"b":{},"a":[{"":0}]}"#, count: 1 << 16).joined(separator: ",")
        let sorted = Array(repeating: #"{"a":[{"":0}],"b":{}}"#, count: 1 << 16).joined(separator: ",")
        #expect(try digest(Array("[\(objects)]".utf8)) == SHA256.digest(Array("[\(sorted)]".utf8)))
    }

    @Test(arguments: [("[", "]"), (#"{"a":"#, "}"), (#"[{"b":0,"a":"#, "}]")])
    func anyDepthTakesNoStack(_ open: String, _ close: String) throws {
        let depth = 200_000
        let text = String(repeating: open, count: depth) + "0" + String(repeating: close, count: depth)
        let view = try JSONView(validating: Array(text.utf8), limits: JSONLimits(depth: .max))
        #expect(CanonicalJSON.bytes(of: view).count == text.utf8.count)
    }

    @Test func longNamesThatDifferAtTheEnd() throws {
        let name = String(repeating: "n", count: 1 << 16)
        let members = (100..<300).reversed().map { "\"\(name)\($0)\":0" }
        let sorted = Array("{\(members.reversed().joined(separator: ","))}".utf8)
        #expect(try digest(Array("{\(members.joined(separator: ","))}".utf8)) == SHA256.digest(sorted))
    }
}
