import LocalCodeCore
import Support
import Testing

/// The pages of the documentation that show commands: each command is run as it is written, and prints what is shown.
@Suite(.timeLimit(.minutes(3))) struct DocumentTests {
    @Test(arguments: ["fim", "rerank", "grammar", "tools"]) func doesWhatItSays(page: String) async throws {
        let page = DocumentPage(TestFiles.text(of: "\(TestPlaces.repository)/docs/\(page).md"))
        #expect(page.steps.contains { if case .command = $0 { true } else { false } })
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
        let directory = try TestDirectory()
        var status: Int32 = 0
        for (index, step) in page.steps.enumerated() {
            switch step {
            case .file(let name, let text):
                if let slash = name.lastIndex(of: "/") { try directory.makeDirectory(String(name[..<slash])) }
                try directory.write(text, to: name)
            case .command(let command):
                let printed: [String]
                (status, printed) = try await run(command.text, after: status, in: directory, rig)
                let shown = command.shown.map { $0.replacing("localhost:4242", with: "localhost:\(rig.proxy.port)") }
                #expect(
                    DocumentPage.matches(printed, shown),
                    "line \(command.line): $ \(command.text)\n\(printed.joined(separator: "\n"))")
                if case .command(let next) = page.steps.dropFirst(index + 1).first, next.text == "echo $?" { continue }
                #expect(status == 0, "line \(command.line): $ \(command.text)\n\(printed.joined(separator: "\n"))")
            }
        }
    }

    private func run(
        _ command: String, after status: Int32, in directory: TestDirectory, _ rig: EngineRig
    ) async throws -> (status: Int32, printed: [String]) {
        let binary = try TestPlaces.binary()
        let port = rig.proxy.port
        var environment = rig.home.environment
        environment["PATH"] = "\(binary.dropLast("/localcode".count)):/usr/local/bin:/usr/bin:/bin"
        environment["LOCALCODE_PORT"] = "\(port)"
        let text = command.replacing("localhost:4242", with: "localhost:\(port)")
        let process = try ChildProcess(
            "/bin/bash", ["-c", "exec 2>&1; (exit \(status)); \(text)"], environment: environment,
            directory: directory.path)
        let (end, output, _) = await process.collect()
        var lines = String(decoding: output, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last == "" { lines.removeLast() }
        guard case .exited(let status) = end else { throw TestKitError("\(command) ended with \(end)") }
        return (status, lines.map(String.init))
    }
}
