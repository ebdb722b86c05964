import LocalCodeCore
import Testing

@Suite struct FingerprintTests {
    private static let parts = [("model", "abc"), ("type-k", "f16"), ("context-per-slot", "4096"), ("model", "def")]

    private static func fingerprint(_ parts: [(String, String)]) -> Fingerprint {
        Fingerprint(parts.map { Fingerprint.Component(name: $0.0, value: $0.1) })
    }

    @Test func orderDoesNotCount() {
        let one = Self.fingerprint([("a", "1"), ("b", "2"), ("c", "3")])
        let other = Self.fingerprint([("c", "3"), ("a", "1"), ("b", "2")])
        #expect(one == other)
        #expect(one.components.map(\.name) == ["a", "b", "c"])
    }

    @Test func theLastOfANameCounts() {
        let fingerprint = Self.fingerprint(Self.parts)
        #expect(fingerprint["model"] == "def")
        #expect(fingerprint.components.count == 3)
        #expect(fingerprint["type-v"] == nil)
    }

    @Test(arguments: [
        ([("a", "1")], [("a", "2")]),
        ([("a", "1")], [("b", "1")]),
        ([("a", "1")], []),
        ([("ab", "c")], [("a", "bc")]),
        ([("a", "b"), ("c", "d")], [("a", "bcd")]),
        ([("a", "")], []),
    ])
    func whatDiffersHasAnotherDigest(one: [(String, String)], other: [(String, String)]) {
        #expect(Self.fingerprint(one).digest != Self.fingerprint(other).digest)
    }

    @Test func differencesAreNamed() {
        let ours = Self.fingerprint([("a", "1"), ("b", "2"), ("d", "4")])
        let theirs = Self.fingerprint([("a", "1"), ("b", "3"), ("c", "4")])
        let differences = ours.differences(from: theirs)
        #expect(differences.map(\.name) == ["b", "c", "d"])
        #expect(differences.map(\.ours) == ["2", nil, "4"])
        #expect(differences.map(\.theirs) == ["3", "4", nil])
        #expect(ours.differences(from: ours).isEmpty)
    }

    @Test func jsonAndBack() throws {
        let fingerprint = Self.fingerprint([("template", "{{ \"a\" }}\n"), ("ü", "\u{0}"), ("empty", "")])
        let text = fingerprint.json.bytes
        #expect(Fingerprint(json: try JSONValue(parsing: text)) == fingerprint)
        #expect(Fingerprint(json: ["a": 1]) == nil)
        #expect(Fingerprint(json: ["a"]) == nil)
    }
}
