import Testing

@testable import LocalCodeCore

@Suite("Search: ignore files")
struct IgnoreFileTests {
    @Test(
        "names and patterns",
        arguments: [
            ("main.c", "main.c", true), ("main.c", "main.cc", false), ("*.c", "main.c", true), ("*.c", ".c", true),
            ("m?in", "main", true), ("m?in", "min", false), ("[a-m]*", "main", true), ("[!a-m]*", "main", false),
            ("[^a-m]x", "zx", true), ("[]]", "]", true), ("[a-]", "-", true), ("[[:digit:]]*", "7z", true),
            ("[[:alpha:]]", "7", false), ("\\*", "*", true), ("\\*", "a", false), ("*a*b*c", "xxaxxbxxc", true),
            ("*a*b*c", "xxaxxcxxb", false), ("**", "any", true), ("a**b", "axxb", true), ("", "", true),
            ("*", "", true),
        ])
    func glob(pattern: String, name: String, fits: Bool) throws {
        let glob = try #require(GlobPattern(Array(pattern.utf8)[...]))
        #expect(glob.matches(Array(name.utf8)) == fits)
    }

    @Test("patterns that match nothing", arguments: ["[a", "[[:word:]]", "\\", "[!"])
    func broken(pattern: String) { #expect(GlobPattern(Array(pattern.utf8)[...]) == nil) }

    @Test("a hostile pattern takes no time")
    func hostile() throws {
        let pattern = String(repeating: "*a", count: 2_000) + "b"
        let glob = try #require(GlobPattern(Array(pattern.utf8)[...]))
        #expect(!glob.matches(Array(repeating: UInt8(ascii: "a"), count: 4_000)))
        let rules = IgnoreFile(Array("/\(String(repeating: "**/a/", count: 1_000))b".utf8), depth: 0)
        let path = [[UInt8]](repeating: [UInt8(ascii: "a")], count: 3_000)
        #expect(rules.isIgnored(path, isDirectory: false) == nil)
    }

    @Test(
        "rules and paths",
        arguments: [
            ("*.o", "a/b/c.o", true), ("/*.o", "a/c.o", nil), ("/*.o", "c.o", true), ("a/*.o", "a/c.o", true),
            ("a/*.o", "x/a/c.o", nil), ("**/b", "a/b", true), ("**/b", "b", true), ("a/**", "a/b/c", true),
            ("a/**", "a", nil), ("a/**/c", "a/c", true), ("a/**/c", "a/x/y/c", true), ("a/**/c", "b/a/c", nil),
            ("doc/", "doc", nil), ("doc/", "x/doc/", true), ("#no", "#no", nil), ("\\#yes", "#yes", true),
            ("!x", "x", false), ("\\!x", "!x", true), ("x   ", "x", true), ("x\\ ", "x ", true), ("a\r", "a", true),
            ("*\n!keep", "keep", false), ("!keep\n*", "keep", true), ("", "x", nil), ("/", "x", nil),
            ("/**", "a/b", true),
        ] as [(String, String, Bool?)])
    func rule(text: String, path: String, isIgnored: Bool?) {
        let names = path.split(separator: "/").map { Array($0.utf8) }
        let verdict = IgnoreFile(Array(text.utf8), depth: 0).isIgnored(names, isDirectory: path.hasSuffix("/"))
        #expect(verdict == isIgnored)
    }

    @Test(
        "the user's own file is found in git's settings",
        arguments: [
            ("[core]\n\texcludesFile = ~/x\n", "~/x"), ("[CORE]\nexcludesfile=\"/a b\"\n", "/a b"),
            ("[user]\nexcludesfile = /x\n", nil), ("[core]\nexcludesfile = /x\nexcludesfile = /y", "/y"), ("", nil),
        ] as [(String, String?)])
    func settings(text: String, path: String?) { #expect(GitRepository.excludesFile(in: text) == path) }
}
