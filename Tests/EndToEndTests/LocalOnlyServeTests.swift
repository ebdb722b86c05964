import LocalCodeCore
import Support
import Testing

/// What a request holds that must stay on the machine is seen by nobody outside, whatever the rules, the fallbacks, the client
/// and the request itself say. Outside is an address of this machine that is not its loopback.
@Suite(.timeLimit(.minutes(3)), .enabled(if: OutsideAddress.ipv4 != nil, "the machine has no other address"))
struct LocalOnlyServeTests {
    private static let routing = """
        routing:
          small: broken
          virtual: {auto: [glm-4.7, coder], cloud: [glm-4.7, glm-4.6], tempting: [glm-4.7-flash, coder]}
          rules:
            - {name: hosted, when: {header: {x-where: out}}, use: [glm-4.7, glm-4.6]}
            - {name: both, when: {header: {x-where: both}}, use: [glm-4.7, coder]}
            - {name: secret, when: {header: {x-where: secret}}, use: glm-4.7, privacy: local-only}
          fallback: {coder: [glm-4.7], broken: [glm-4.7], glm-4.7: [glm-4.6], auto: [glm-4.7]}
          privacy: {paths: [/home/me/secret], models: [private], headers: {x-customer: ""}}
          second-opinion: glm-4.7
          price: {hour: 1000000}
        """

    /// A server with a local model, one that cannot be loaded, and GLM at an address outside.
    private struct Rig {
        let outside: RecordingServer
        let proxy: LocalCodeProcess

        static func start(_ options: String..., routing: String = LocalOnlyServeTests.routing) async throws -> Rig {
            let outside = try FallbackRig.gateway(host: OutsideAddress.ipv4 ?? "")
            let home = try await EngineRig.prepare(
                models: """
                      coder: {path: "{tiny}", threads: 1, mmproj: "{tinymm}", aliases: [private]}
                      broken: {path: no.gguf, threads: 1}
                    """, settings: routing)
            try home.directory.write("no model at all", to: "no.gguf")
            let proxy = try await LocalCodeProcess.serve(
                ["--glm-url", outside.url + "/api/paas/v4", "--image-urls", "any"] + options,
                environment: ["ZAI_API_KEY": "id.secret"], home: home)
            return Rig(outside: outside, proxy: proxy)
        }

        func post(_ path: String, _ body: JSONValue, _ headers: HTTPHeaders) async throws -> TestHTTP.Answer {
            try await TestHTTP(proxy.url).post(path, body, headers: headers)
        }
    }

    private static let local: HTTPHeaders = ["x-localcode-privacy": "local-only"]

    private func body(_ model: String?, system: String? = nil, stream: Bool = false) -> JSONValue {
        var body = EngineRig.hello("", stream: stream, tokens: 4)
        body["model"] = model.map { .string($0) }
        if let system {
            body["messages"] = [
                ["role": "system", "content": .string(system)], ["role": "user", "content": "hello"],
            ]
        }
        return body
    }

    /// What a request names by itself, and whether somebody here can answer it.
    private static let ways: [(model: String?, headers: HTTPHeaders, isAnswered: Bool)] = [
        ("coder", [:], true), ("auto", [:], true), ("tempting", [:], true), (nil, [:], true),
        ("coder", ["x-where": "both"], true), ("glm-4.7", ["x-where": "both"], true),
        ("cloud", [:], true), ("glm-4.7", [:], false), ("GLM-4.7", [:], false), ("glm-99", [:], false),
        ("broken", [:], false), ("glm-4.7", ["x-localcode-model": "glm-4.7"], false),
    ]

    @Test func aHeaderKeepsARequestHereWhateverTheRulesSay() async throws {
        let rig = try await Rig.start()
        for (model, headers, isAnswered) in Self.ways {
            var headers = headers
            headers["x-localcode-privacy"] = "local-only"
            for stream in [false, true] {
                let answer = try await rig.post("/v1/chat/completions", body(model, stream: stream), headers)
                let what = "\(model ?? "-") \(headers): \(answer.text)"
                #expect((answer.status == 200) == isAnswered, "\(what)")
                if isAnswered { #expect(answer.headers["x-localcode-backend"] == "llama-server", "\(what)") }
                if !isAnswered, model != "broken" {
                    #expect(answer.status == 400 && answer.json["error"]?["code"]?.string == "local_only", "\(what)")
                }
            }
        }
        #expect(rig.outside.connections == 0)
        // The same rig does lead out.
        #expect(try await rig.post("/v1/chat/completions", body("cloud"), [:]).status == 200)
        #expect(try await rig.post("/v1/chat/completions", body("broken"), [:]).status == 200)
        #expect(rig.outside.connections > 0)
    }

    @Test func aRuleThatAsksForGLMWithARequestThatMustStayIsNotObeyed() async throws {
        let rig = try await Rig.start()
        for headers: HTTPHeaders in [["x-where": "out", "x-localcode-privacy": "local-only"], ["x-where": "secret"]] {
            let answer = try await rig.post("/v1/chat/completions", body("coder"), headers)
            // Either somebody here answers in GLM's place, or nobody does.
            #expect(
                answer.status == 200 && answer.headers["x-localcode-backend"] == "llama-server"
                    || answer.json["error"]?["code"]?.string == "local_only", "\(answer.text)")
        }
        #expect(rig.outside.connections == 0)
        let answer = try await rig.post("/v1/chat/completions", body("coder"), ["x-where": "out"])
        #expect(answer.headers["x-localcode-backend"] == "glm")
        #expect(rig.outside.connections > 0)
    }

    @Test func pathModelHeaderAndBodySaySoToo() async throws {
        let rig = try await Rig.start()
        let inSecret = "You are opencode.\n<env>\n  Working directory: /home/me/secret/app\n</env>"
        var hinted = body("auto")
        hinted["localcode"] = ["privacy": "local-only"]
        let requests: [(JSONValue, HTTPHeaders)] = [
            (body("auto", system: inSecret), [:]), (body("private"), ["x-where": "both"]),
            (body("auto"), ["x-customer": "7"]), (hinted, [:]),
        ]
        for (body, headers) in requests {
            let answer = try await rig.post("/v1/chat/completions", body, headers)
            #expect(answer.status == 200, "\(answer.text)")
            #expect(answer.headers["x-localcode-backend"] == "llama-server", "\(body)")
        }
        #expect(rig.outside.connections == 0)
        // Without any of these it goes out, since waiting costs more than GLM does.
        let free = try await rig.post("/v1/chat/completions", body("cloud", system: "in /home/me/public"), [:])
        #expect(free.headers["x-localcode-backend"] == "glm", "\(free.text)")
    }

    @Test func picturesAreFetchedFromNowhereElse() async throws {
        let rig = try await Rig.start()
        func ask(_ host: String, _ headers: HTTPHeaders) async throws -> TestHTTP.Answer {
            var body = body("coder")
            body["messages"] = [
                [
                    "role": "user",
                    "content": [["type": "image_url", "image_url": ["url": .string("http://\(host)/a.png")]]],
                ]
            ]
            return try await rig.post("/v1/chat/completions", body, headers)
        }
        let here = try RecordingServer { _ in
            .complete(status: 302, headers: ["Location: \(rig.outside.url)/a.png"], "")
        }
        for host in ["\(rig.outside.host):\(rig.outside.port)", "127.0.0.1:\(here.port)"] {
            let answer = try await ask(host, Self.local)
            #expect(answer.status == 400, "\(answer.text)")
        }
        // The one that is here was asked, and led out.
        #expect(here.requests.count == 1)
        #expect(rig.outside.connections == 0)
        _ = try await ask("\(rig.outside.host):\(rig.outside.port)", [:])
        #expect(rig.outside.connections > 0)
    }

    @Test func otherEndpointsStayHereToo() async throws {
        let rig = try await Rig.start()
        let requests: [(path: String, body: JSONValue)] = [
            ("/v1/rerank", ["model": "rerank", "query": "q", "documents": ["a", "b"]]),
            ("/infill", ["model": "glm-4.7", "input_prefix": "let a = ", "input_suffix": "\n"]),
            ("/v1/completions", ["model": "glm-4.7", "prompt": "let a = ", "suffix": "\n"]),
            ("/v1/completions", ["model": "glm-4.7", "prompt": "let a = "]),
            ("/v1/embeddings", ["model": "glm-4.7", "input": "a"]),
        ]
        for (path, body) in requests {
            let headers: HTTPHeaders = ["x-localcode-privacy": "local-only", "x-localcode-fim": "chat"]
            let answer = try await rig.post(path, body, headers)
            #expect(answer.status >= 400, "\(path): \(answer.text)")
        }
        // No client tells with these which directory it works in, and some are private.
        for (path, body) in requests.prefix(3) { _ = try await rig.post(path, body, ["x-localcode-fim": "chat"]) }
        #expect(rig.outside.connections == 0)
        let open = try await Rig.start(routing: "")
        for (path, body) in requests.prefix(3) { _ = try await open.post(path, body, ["x-localcode-fim": "chat"]) }
        #expect(open.outside.requests.count == 3)
    }

    @Test func explainingSendsNothing() async throws {
        let rig = try await Rig.start()
        let answer = try await rig.post(
            "/v1/localcode/route", ["headers": ["x-localcode-privacy": "local-only"], "body": body("cloud")], [:])
        #expect(answer.status == 200, "\(answer.text)")
        #expect(rig.outside.connections == 0)
    }

    @Test func anAttachedEngineOnAnotherMachineIsNotHere() async throws {
        // It is looked at all the time, but what is asked of it stays here.
        let marker = "the secret of the house"
        let outside = try RecordingServer(host: OutsideAddress.ipv4 ?? "") { request in
            request.target.hasSuffix("/completions")
                ? FallbackRig.answer(request) : .complete(#"{"status":"ok","data":[{"id":"tiny","object":"model"}]}"#)
        }
        func saw() -> Bool { outside.requests.contains { $0.body.firstRange(of: Array(marker.utf8)) != nil } }
        let proxy = try await LocalCodeProcess.serve(["--engine", outside.url])
        let client = try TestHTTP(proxy.url)
        let chat: JSONValue = ["model": "tiny", "messages": [["role": "user", "content": .string(marker)]]]
        let requests: [(path: String, body: JSONValue)] = [
            ("/v1/chat/completions", chat), ("/v1/completions", ["prompt": .string(marker)]),
            ("/infill", ["input_prefix": .string(marker), "input_suffix": ""]),
            ("/v1/completions", ["prompt": .string(marker), "suffix": "b"]),
            ("/v1/rerank", ["query": .string(marker), "documents": ["a"]]),
            ("/v1/embeddings", ["input": .string(marker)]), ("/tokenize", ["content": .string(marker)]),
            ("/apply-template", chat),
        ]
        for (path, body) in requests {
            let answer = try await client.post(path, body, headers: Self.local)
            #expect(answer.status >= 400, "\(path): \(answer.text)")
            #expect(!saw(), "\(path)")
        }
        _ = try await client.post("/v1/chat/completions", chat)
        #expect(saw())
    }
}
