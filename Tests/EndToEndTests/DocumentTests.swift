import LocalCodeCore
import Support
import Testing

/// The pages of the documentation that show commands: each command is run as it is written, and prints what is shown.
@Suite(.timeLimit(.minutes(3))) struct DocumentTests {
    private func page(_ name: String) -> DocumentPage {
        DocumentPage(TestFiles.text(of: "\(TestPlaces.repository)/docs/\(name).md"))
    }

    @Test(arguments: ["fim", "rerank", "grammar", "tools"]) func doesWhatItSays(page: String) async throws {
        let rig = try await EngineRig.start(
            models: """
                  coder:
                    path: '{tiny}'
                    context: 4096
                  vision:
                    path: '{tiny}'
                    mmproj: '{tinymm}'
                    context: 4096
                  reranker:
                    path: '{tinyrank}'
                    mode: rerank
                """)
        let run = DocumentRun(proxy: rig.proxy, home: rig.home, directory: try TestDirectory())
        try await run.follow(self.page(page))
    }

    /// It is in front of the configuration that it shows, with tiny models at its paths.
    @Test func routingDoesWhatItSays() async throws {
        let page = page("routing")
        let configuration = page.steps.lazy.compactMap { step -> String? in
            if case .file("localcode.yaml", let text) = step { text } else { nil }
        }
        let text = try #require(configuration.first)
        let home = try await EngineRig.prepare(models: "")
        try home.directory.write(text, to: "localcode.yaml")
        try await TinyModel.provide(for: text, in: home.directory)
        let proxy = try await LocalCodeProcess.serve(home: home)
        try await DocumentRun(proxy: proxy, home: home, directory: home.directory).follow(page)
    }
}
