import LocalCodeCore
import Testing

@testable import Commands

@Suite("Bench: spec --apply")
struct ModelEntryEditTests {
    private let file = """
        # My machine.
        port: 4242   # the usual

        models:
          small:
            path: small.gguf
          "coder":   # the big one
            path: coder.gguf
            context: 32768
            # What I tried once.
            speculation:
            - ngram-simple
            # not this one
            - draft-simple
            draft: ./draft.gguf   # from the same family
            draft-max: 8

            sampling:
              temperature: 0.2

          vision: {path: v.gguf, mmproj: m.gguf}

        # The end.
        log-format: json

        """

    private func edited(_ changes: [(key: String, value: String?)], model: String = "coder", _ text: String? = nil)
        throws -> String
    {
        var edit = ModelEntryEdit(text ?? file)
        try edit.apply(changes, to: model)
        return edit.text
    }

    @Test("nothing to change leaves every byte")
    func nothing() throws {
        #expect(try edited([]) == file)
        let odd = "models:\r\n  a:\r\n    path: x\r\n\r\n# no end"
        #expect(try edited([], model: "a", odd) == odd)
    }

    @Test("a list becomes one word, keys go, and all else stays where it was")
    func replaced() throws {
        let text = try edited([("speculation", "ngram-mod"), ("draft", nil), ("draft-max", nil), ("ngram-match", "6")])
        let expected = file.replacing(
            """
                speculation:
                - ngram-simple
                # not this one
                - draft-simple
                draft: ./draft.gguf   # from the same family
                draft-max: 8

            """, with: "    speculation: ngram-mod\n    ngram-match: 6\n")
        #expect(text == expected)
        #expect(text != file)
    }

    @Test("a comment behind a value stays")
    func comment() throws {
        #expect(
            try edited([("draft", "\"/a b.gguf\"")])
                == file.replacing("draft: ./draft.gguf   #", with: "draft: \"/a b.gguf\"   #"))
    }

    @Test("an entry without such keys gets them at its end, with the file's own line ends")
    func appended() throws {
        #expect(
            try edited([("speculation", "none")], model: "small")
                == file.replacing("path: small.gguf\n", with: "path: small.gguf\n    speculation: none\n"))
        #expect(
            try edited([("speculation", "none")], model: "a", "models:\r\n a:\r\n   path: x # '\r\n\r\nport: 1\r\n")
                == "models:\r\n a:\r\n   path: x # '\r\n   speculation: none\r\n\r\nport: 1\r\n")
        #expect(
            try edited([("speculation", "none")], model: "a", "models:\n  a:\n    path: x")
                == "models:\n  a:\n    path: x\n    speculation: none\n")
    }

    @Test(
        "what is not written line by line is refused",
        arguments: [
            ("vision", "models:\n  vision: {path: v}\n", "'vision' is written in one line"),
            ("vision", "models: {vision: {path: v}}\n", "the models are written in one line"),
            ("vision", "port: 1\n", "there is no key 'models'"),
            ("vision", "models:\n  other:\n    vision: 1\n", "there is no model 'vision'"),
            ("vision", "models:\nport: 4\n", "there is no model 'vision'"),
        ])
    func refused(model: String, text: String, message: String) {
        #expect(throws: ModelEntryEdit.Refusal(message: message)) {
            try edited([("speculation", "none")], model: model, text)
        }
    }

    @Test("keys are written as YAML that means the same")
    func keys() {
        var speculation = ModelEntry.Speculation(kinds: ["ngram-mod", "draft-simple"], draft: "/m/a b#1.gguf")
        speculation.draftMax = 8
        speculation.draftProbability = 0.75
        let keys = SpeculationKeys(speculation)
        #expect(
            keys.lines == """
                speculation: [ngram-mod, draft-simple]
                draft: "/m/a b#1.gguf"
                draft-max: 8
                draft-p-min: 0.75
                """)
        #expect(
            SpeculationKeys(.init(kinds: ["none"])).changes(from: keys).map { "\($0.key)=\($0.value ?? "-")" }
                == ["speculation=none", "draft=-", "draft-max=-", "draft-p-min=-"])
        #expect(keys.changes(from: keys).isEmpty)
    }

    @Test(
        "texts that YAML would take for something else are quoted",
        arguments: [
            ("ngram-mod", "ngram-mod"), ("/a/b.gguf", "/a/b.gguf"), ("no", "\"no\""), ("8", "\"8\""), ("", "\"\""),
            ("a: b", "\"a: b\""), ("~/x", "\"~/x\""), ("é", "\"é\""),
        ])
    func quoting(text: String, yaml: String) { #expect(YAMLText.scalar(text) == yaml) }
}
