import LocalCodeCore
import Support
import Testing

@testable import Commands

@Suite("docs/models.md")
struct ModelsDocumentTests {
    private func document() -> String { TestFiles.text(of: "\(TestPlaces.repository)/docs/models.md") }

    /// The YAML blocks of the document; the first is the complete file.
    private func blocks() -> [String] {
        document().split(separator: "```yaml\n").dropFirst().map { block in
            String(block[..<(block.firstRange(of: "```")?.lowerBound ?? block.endIndex)])
        }
    }

    @Test("its table of keys is the one that files are read with")
    func keys() {
        let rows = document().split(separator: "\n").drop { $0 != "| key | value | what it is |" }.dropFirst(3)
            .prefix { $0.hasPrefix("|") }
        #expect(rows.map(String.init) == ModelKey.all.map { "| `\($0.name)` | \($0.value) | \($0.help) |" })
    }

    @Test("every block is a valid file")
    func valid() throws {
        #expect(blocks().count == 2)
        for block in blocks() {
            let file = try ConfigurationFile(parsing: Array(block.utf8), path: "docs/models.md")
            let (models, problems) = ModelEntry.read(from: file, in: "/", home: "/home")
            #expect(!models.isEmpty)
            #expect(problems.map(\.description) == [])
            #expect(file.settings(for: Command.program.settings, in: "/", home: nil).problems.map(\.description) == [])
        }
    }

    @Test("the complete file starts with tiny models at its paths")
    func complete() async throws {
        let home = try TestDirectory()
        let text = try #require(blocks().first)
        try home.write(text, to: "localcode.yaml")
        try await TestEngine.provide(in: home, data: ".local/share")
        try await TinyModel.provide(for: text, in: home)
        let outside = TestContext(environment: ["HOME": home.path], directory: home.path)
        #expect(await outside.run("serve", "--dry-run") == 0, "\(outside.error)\(outside.output)")
        // The tiny models were trained for less context.
        #expect(!outside.output.contains(" goes without "))
        for flag in [
            "--spec-type ngram-mod,draft-simple", "--spec-draft-model", "--mmproj", "--rerank", "--ctx-size 65536",
        ] {
            #expect(outside.output.contains("\n  \(flag)"), "\(flag)")
        }
    }
}
