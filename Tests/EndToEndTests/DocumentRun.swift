import LocalCodeCore
import Support
import Testing

/// Does what a page of the documentation says, from top to bottom, in front of a proxy.
struct DocumentRun {
    let proxy: LocalCodeProcess
    let home: TestHome
    let directory: TestDirectory

    /// Makes the page's files, and expects of each command that it prints what is shown.
    func follow(_ page: DocumentPage) async throws {
        #expect(page.steps.contains { if case .command = $0 { true } else { false } })
        var status: Int32 = 0
        for (index, step) in page.steps.enumerated() {
            switch step {
            case .file(let name, let text):
                if let slash = name.lastIndex(of: "/") { try directory.makeDirectory(String(name[..<slash])) }
                try directory.write(text, to: name)
            case .command(let command):
                let printed: [String]
                (status, printed) = try await run(command.text, after: status)
                let shown = command.shown.map { $0.replacing("localhost:4242", with: "localhost:\(proxy.port)") }
                #expect(
                    DocumentPage.matches(printed, shown),
                    "line \(command.line): $ \(command.text)\n\(printed.joined(separator: "\n"))")
                if case .command(let next) = page.steps.dropFirst(index + 1).first, next.text == "echo $?" { continue }
                #expect(status == 0, "line \(command.line): $ \(command.text)\n\(printed.joined(separator: "\n"))")
            }
        }
    }

    private func run(_ command: String, after status: Int32) async throws -> (status: Int32, printed: [String]) {
        let binary = try TestPlaces.binary()
        var environment = home.environment
        environment["PATH"] = "\(binary.dropLast("/localcode".count)):/usr/local/bin:/usr/bin:/bin"
        environment["LOCALCODE_PORT"] = "\(proxy.port)"
        let text = command.replacing("localhost:4242", with: "localhost:\(proxy.port)")
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
