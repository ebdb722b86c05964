import LocalCodeCore
import Support
import Testing

/// `localcode route explain` in front of a running `serve`.
@Suite(.timeLimit(.minutes(2))) struct RouteExplainTests {
    private static let routing = """
          virtual: {auto: [tiny, glm-4.7]}
          rules:
            - {name: hosted, when: {kind: title}, use: glm-4.7}
        """
    private static let title = """
        {"model":"auto","messages":[{"role":"system","content":"You are a title generator. You output ONLY a title."},
        {"role":"user","content":"sort the list"}]}
        """

    @Test func theLastRequestAndOneThatWasNotSent() async throws {
        let rig = try await FallbackRig.start(
            routing: Self.routing, options: ["--api-key", "secret"], engine: { FallbackRig.answer($0) })
        let explain = { (arguments: [String], input: String) in
            try await LocalCodeProcess.run(
                ["route", "explain", "--port", "\(rig.proxy.port)"] + arguments, input: Array(input.utf8),
                environment: ["LOCALCODE_API_KEY": "secret"], home: rig.proxy.home)
        }
        let nothing = try await explain(["--last"], "")
        #expect(nothing.status == .exited(0) && nothing.output == "no requests yet\n", "\(nothing.errors)")

        let asked = try await explain(["-", "--json", "-H", "User-Agent: opencode/1.18.34 x"], Self.title)
        #expect(asked.status == .exited(0) && asked.errors.isEmpty, "\(asked.errors)")
        #expect(rig.asked == (0, 0), "explaining asks nobody")

        let answer = try await TestHTTP(rig.proxy.url).post(
            "/v1/chat/completions", JSONValue(parsing: Array(Self.title.utf8)),
            headers: ["User-Agent": "opencode/1.18.34 x", "Authorization": "Bearer secret"])
        #expect(answer.status == 200, "\(answer.text)")
        let (told, last) = (
            try JSONValue(parsing: Array(asked.output.utf8)),
            try JSONValue(parsing: Array(try await explain(["--last", "--json"], "").output.utf8))
        )
        for member in ["client", "kind", "lane", "asked", "model", "rule", "reasons", "evidence", "demands"] {
            #expect(told[member] == last[member], "\(member)")
        }
        #expect(last["attempts"] == [["model": "glm-4.7", "outcome": "answered"]])

        let text = try await explain(["--last"], "").output
        #expect(text.contains("client        opencode-1  (user-agent: opencode/1.18.34 x)\n"), "\(text)")
        #expect(text.contains("rule          hosted\n"), "\(text)")
        #expect(text.contains("asked         glm-4.7: answered\n"), "\(text)")
    }

    @Test func theServerSaysWhatIsWrong() async throws {
        let rig = try await FallbackRig.start(
            routing: Self.routing, options: ["--api-key", "secret"], engine: { FallbackRig.answer($0) })
        let place = ["route", "explain", "--url", rig.proxy.url]
        let stranger = try await LocalCodeProcess.run(place + ["--last"])
        #expect(stranger.status == .exited(1))
        #expect(stranger.errors.contains("--api-key"), "\(stranger.errors)")
        let empty = try await LocalCodeProcess.run(
            place + ["-", "--api-key", "secret"], input: Array(#"{"messages":[]}"#.utf8))
        #expect(empty.status == .exited(1))
        #expect(empty.errors.contains("'messages' is empty"), "\(empty.errors)")
    }
}
