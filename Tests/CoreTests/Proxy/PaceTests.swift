import Support
import Testing

@testable import LocalCodeCore

/// What is learnt of a model's speed from requests that had to wait.
@Suite(.timeLimit(.minutes(1))) struct PaceTests {
    @Test func waitingForAModelIsNotPartOfItsPace() async throws {
        let directory = try TestDirectory()
        let (asked, opened) = ("\(directory.path)/asked", "\(directory.path)/opened")
        try directory.write(
            """
            #!/bin/sh
            case "$*" in *--model*) echo yes > '\(asked)'; until [ -e '\(opened)' ]; do sleep 0.01; done ;; esac
            exec '\(try TestPlaces.python())' -I '\(TestPlaces.repository)/scripts/engine/llama-server.py' "$@"

            """, to: "llama-server", mode: 0o700)
        let client = try HTTPClient()
        let launcher = EngineLauncher(
            executable: "\(directory.path)/llama-server", stateDirectory: directory.path,
            runtimeDirectory: directory.path, cacheDirectory: directory.path, store: nil, client: client,
            note: { _ in })
        let entry = ModelEntry(name: "coder", source: .file(try await TinyModel.tiny.path()))
        let fleet = Fleet([entry], launcher: launcher, note: { _ in })
        let desk = RouteDesk()
        let backends = Backends(
            fleet: fleet, models: [entry], glm: GLMBackend(baseURL: "http://127.0.0.1:1", key: nil, client: client),
            isGLMConfigured: false, images: ImageFetcher(client: client, policy: ImagePolicy()),
            defaultModel: "coder", routes: desk)
        let log = RequestLog(LogRenderer(format: .off, content: .none, hasColor: false), writer: LogWriter())
        let proxy = Proxy(settings: .init(), backends: backends, log: log)
        try await withServer(handler: { await proxy.handle($0, $1) }) { server in
            let http = try TestHTTP("http://127.0.0.1:\(server.port)")
            async let answer = http.post(
                "/v1/chat/completions",
                ["model": "coder", "messages": [["role": "user", "content": "hello"]], "max_tokens": 4])
            while TestFiles.text(of: asked).isEmpty { try await Task.sleep(for: .milliseconds(1)) }
            let opening = ContinuousClock.now
            try directory.write("", to: "opened")
            let status = try await answer.status
            #expect(status == 200)
            while desk.pace(of: "coder").seconds == nil { await Task.yield() }
            // Its turn came behind the opening; what it waited until then does not count.
            let most = (ContinuousClock.now - opening).seconds
            #expect(try #require(desk.pace(of: "coder").seconds) < most)
        }
        await fleet.close()
        await fleet.stop()
    }
}
