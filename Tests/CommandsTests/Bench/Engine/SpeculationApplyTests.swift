import LocalCodeCore
import Support
import Testing

@testable import Commands

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite("Bench: spec --apply on a file")
struct SpeculationApplyTests {
    private let apply = SpeculationApply(name: "localcode.yaml", path: "/etc/localcode.yaml", model: "coder", home: nil)

    private func applied(_ speculation: ModelEntry.Speculation, to text: String) throws -> String {
        try apply.text(applying: speculation, to: Array(text.utf8))
    }

    private var short: ModelEntry.Speculation {
        var speculation = ModelEntry.Speculation(kinds: ["ngram-mod"])
        speculation.ngramMatch = 6
        return speculation
    }

    @Test("what another model gives it is taken back")
    func inherited() throws {
        let text = "models:\n  base:\n    path: b\n    draft: d\n    draft-max: 4\n  coder:\n    like: base\nport: 1\n"
        #expect(
            try applied(short, to: text)
                == text.replacing(
                    "    like: base\n",
                    with:
                        "    like: base\n    speculation: ngram-mod\n    ngram-match: 6\n    draft: ~\n    draft-max: ~\n"
                ))
    }

    @Test("a draft that stays keeps the path as it was written")
    func draft() throws {
        let text = "models:\n  coder:\n    path: b\n    draft: sub/d.gguf # mine\n    draft-max: 4\n"
        var speculation = ModelEntry.Speculation(kinds: ["draft-simple"], draft: "/etc/sub/d.gguf")
        speculation.draftMax = 16
        #expect(
            try applied(speculation, to: text)
                == "models:\n  coder:\n    path: b\n    draft: sub/d.gguf # mine\n    draft-max: 16\n    speculation: "
                + "draft-simple\n")
    }

    @Test("what is there already is not written again")
    func same() throws {
        let text = "models:\n  coder:\n    path: b\n    speculation: [ngram-mod]\n    ngram-match: 6\n"
        #expect(try applied(short, to: text) == text)
        let plain = "models:\n  coder:\n    path: b\n"
        #expect(try applied(.init(kinds: ["none"]), to: plain) == plain, "nothing said is none")
    }

    @Test(
        "what cannot be changed line by line is refused, with the lines to write",
        arguments: [
            "models:\n  coder: {path: b}\n",
            "models: {coder: {path: b}}\n",
            "models:\n  other:\n    path: b\n",
            "models:\n  ? coder\n  : path: b\n",
            "{models: {coder: {path: b}}, port: 1}\n",
        ])
    func refused(text: String) {
        let failure = #expect(throws: Failure.self) { try applied(short, to: text) }
        #expect(failure?.message.hasPrefix("cannot change localcode.yaml: ") == true)
        #expect(failure?.hint == "write below 'coder': speculation: ngram-mod, ngram-match: 6")
    }

    @Test("the file keeps its place behind a link and its mode, and nothing is left beside it")
    func file() throws {
        let directory = try TestDirectory()
        try directory.makeDirectory("real")
        try directory.write("models:\n  coder:\n    path: b\n", to: "real/file.yaml", mode: 0o600)
        try directory.link("localcode.yaml", to: "\(directory.path)/real/file.yaml")
        var apply = apply
        apply.path = "\(directory.path)/localcode.yaml"
        #expect(try apply.write(short))
        let real = "\(directory.path)/real/file.yaml"
        #expect(TestFiles.text(of: real).hasSuffix("    speculation: ngram-mod\n    ngram-match: 6\n"))
        #expect(Self.mode(of: real) == 0o600)
        #expect(TestFiles.below(directory.path) == [real])
        #expect(try !apply.write(short), "the second time there is nothing to change")
    }

    private static func mode(of path: String) -> mode_t {
        var status = stat()
        stat(path, &status)
        return status.st_mode & 0o777
    }
}
