import LocalCodeCore
import Support
import Testing

/// Which model, lane and form a request gets from `localcode serve`, and that it says why.
@Suite(.timeLimit(.minutes(3))) struct RouteServeTests {
    private static let models = """
          coder: {path: "{tiny}", threads: 1, slots: 1}
          small: {path: "{tinytwin}", threads: 1}
        """
    private static let routing = """
        routing:
          virtual:
            auto: coder
          rules:
            - name: shouting
              when: {header: {x-team: loud}}
              set: {temperature: 0, seed: 7}
              reasoning: off
            - name: closed
              when: {client: aider}
              refuse: aider is not welcome here
            - name: nightly
              when: {header: {x-job: nightly}}
              use: small
              lane: background
        """

    private func rig(_ settings: String = routing, models: String = models) async throws -> EngineRig {
        try await EngineRig.start(models: models, settings: settings)
    }

    private func title(_ model: String = "coder") -> JSONValue {
        var body = EngineRig.hello(model, tokens: 4)
        body["messages"] = [
            ["role": "system", "content": "You are a title generator. You output ONLY a thread title."],
            ["role": "user", "content": "Generate a title for this conversation:\n"],
            ["role": "user", "content": "sort the list"],
        ]
        return body
    }

    private let openCode: HTTPHeaders = [
        "User-Agent": "opencode/1.18.18 ai-sdk/provider-utils/4.0.23 runtime/bun/1.3", "x-session-affinity": "ses_1",
        "X-Session-Id": "ses_1",
    ]

    private func post(_ rig: EngineRig, _ body: JSONValue, _ headers: HTTPHeaders = [:]) async throws
        -> TestHTTP.Answer
    {
        try await TestHTTP(rig.url).post("/v1/chat/completions", body, headers: headers)
    }

    @Test func aNameThatNobodyKnowsIsExplained() async throws {
        let rig = try await rig()
        defer { withExtendedLifetime(rig) {} }
        let unknown = EngineRig.hello("nobody", tokens: 4)
        let told = try await TestHTTP(rig.url).post("/v1/localcode/route", ["body": unknown]).json
        #expect(told["excluded"] == [["model": "nobody", "reason": "there is no such model"]])
        let stays = try await post(rig, unknown, ["x-localcode-privacy": "local-only"])
        #expect(stays.json["error"]?["code"]?.string == "local_only")
        let message = stays.json["error"]?["message"]?.string ?? ""
        #expect(
            message.hasPrefix(
                "this request must not leave the machine (the client says so), and 'nobody' is not on it: "),
            "\(message)")
    }

    @Test func requestsAreToldApartAndRemembered() async throws {
        let rig = try await rig()
        defer { withExtendedLifetime(rig) {} }
        let turn = try await post(rig, EngineRig.hello("coder", tokens: 4), openCode)
        #expect(turn.status == 200, "\(turn.text)")
        #expect(turn.headers["x-localcode-model"] == "coder")
        let named = try await post(rig, title(), openCode)
        #expect(named.status == 200, "\(named.text)")

        let list = try await TestHTTP(rig.url).get("/v1/localcode/requests").json["requests"]?.array ?? []
        #expect(list.count == 2)
        #expect(list.map { $0["kind"]?.string } == ["title", "chat"])
        #expect(list.map { $0["lane"]?.string } == ["background", "main"])
        #expect(list.allSatisfy { $0["client"]?.string == "opencode-1" && $0["conversation"]?.string == "ses_1" })
        // Both can answer a title, and the prices of both are told.
        #expect(list.first?["models"]?.array?.map(\.string) == ["small", "coder"])
        #expect(list.first?["prices"]?.array?.count == 2)
        #expect(list.first?["model"]?.string == named.headers["x-localcode-model"])
        #expect(list.last?["attempts"] == [["model": "coder", "outcome": "answered"]])
        #expect(list.first?["id"]?.string == named.headers["x-request-id"])
    }

    @Test func whatIsExplainedIsWhatHappens() async throws {
        let rig = try await rig()
        defer { withExtendedLifetime(rig) {} }
        let body = EngineRig.hello("auto", tokens: 4)
        let question: JSONValue = ["headers": ["User-Agent": "curl/8"], "body": body]
        let told = try await TestHTTP(rig.url).post("/v1/localcode/route", question)
        #expect(told.status == 200, "\(told.text)")
        #expect(told.json["model"]?.string == "coder")
        #expect(rig.starts.isEmpty, "explaining starts no engine")
        let answer = try await post(rig, body, ["User-Agent": "curl/8"])
        #expect(answer.headers["x-localcode-model"] == "coder")
        let last = try await TestHTTP(rig.url).get("/v1/localcode/requests?limit=1").json["requests"]?[0]
        for member in ["client", "kind", "lane", "asked", "model", "rule", "reasons", "models", "signals", "demands"] {
            #expect(last?[member] == told.json[member], "\(member)")
        }
    }

    @Test func rulesSetFieldsAndRefuse() async throws {
        let rig = try await rig()
        defer { withExtendedLifetime(rig) {} }
        var body = EngineRig.hello("coder", tokens: 8)
        body["temperature"] = 1.9
        body["seed"] = 1
        let plain = try await post(rig, EngineRig.hello("coder", tokens: 8))
        let ruled = try await post(rig, body, ["x-team": "loud"])
        #expect(ruled.json["choices"]?[0]?["message"] == plain.json["choices"]?[0]?["message"])
        #expect(ruled.headers["x-localcode-notes"]?.contains("shouting") == true)

        let refused = try await post(rig, body, ["User-Agent": "aider/0.90 litellm/1.70"])
        #expect(refused.status == 403, "\(refused.text)")
        #expect(refused.json["error"]?["message"]?.string?.hasPrefix("aider is not welcome here") == true)

        let nightly = try await post(rig, body, ["x-job": "nightly"])
        #expect(nightly.headers["x-localcode-model"] == "small")
        let last = try await TestHTTP(rig.url).get("/v1/localcode/requests?limit=1").json["requests"]?[0]
        #expect(last?["rule"]?.string == "nightly")
        #expect(last?["lane"]?.string == "background")
    }

    @Test func aHintCountsMoreThanARule() async throws {
        let rig = try await rig()
        defer { withExtendedLifetime(rig) {} }
        let answer = try await post(
            rig, EngineRig.hello("coder", tokens: 4), ["x-job": "nightly", "x-localcode-model": "coder"])
        #expect(answer.headers["x-localcode-model"] == "coder")
    }

    @Test func virtualModelsAreListed() async throws {
        let rig = try await rig()
        defer { withExtendedLifetime(rig) {} }
        let models = try await TestHTTP(rig.url).get("/v1/models").json["data"]?.array?.map { $0["id"]?.string }
        #expect(models == ["coder", "small", "auto"])
    }

    @Test func aSmallModelIsAskedWhereTheRulesCanTellNothing() async throws {
        let rig = try await rig("routing:\n  second-opinion: small\n")
        defer { withExtendedLifetime(rig) {} }
        // What is about code is clear: nobody is asked.
        var clear = EngineRig.hello("coder", tokens: 4)
        clear["messages"] = [
            ["role": "user", "content": "```swift\nlet a = b()\n```\nWhy does main.swift not compile?"]
        ]
        _ = try await post(rig, clear)
        #expect(rig.starts(of: "small").isEmpty)
        // Nor is anybody loaded for it.
        _ = try await post(rig, EngineRig.hello("small", tokens: 4))
        var body = EngineRig.hello("coder", tokens: 4)
        let long = "The people who were there last week spoke of the weather, of the garden and of each other. "
        body["messages"] = [["role": "user", "content": .string(String(repeating: long, count: 5))]]
        let answer = try await post(rig, body)
        #expect(answer.headers["x-localcode-model"] == "coder")
        #expect(rig.starts(of: "small").count == 1)
        let last = try await TestHTTP(rig.url).get("/v1/localcode/requests?limit=1").json["requests"]?[0]
        let first = last?["demands"]?[0]
        #expect(first?["words"]?.array?.map(\.string) == ["small says so"])
        #expect(["coder", "reasoning", "small", "general"].contains(first?["kind"]?.string))
    }

    @Test func whatADirectoryKeepsHereIsKnownOfItsConversation() async throws {
        let rig = try await rig("routing:\n  privacy: {paths: [/home/me/secret]}\n")
        defer { withExtendedLifetime(rig) {} }
        var turn = EngineRig.hello("coder", tokens: 4)
        turn["messages"] = [
            [
                "role": "system",
                "content": "You are opencode.\n<env>\n  Working directory: /home/me/open\n</env>",
            ],
            ["role": "user", "content": "hello"],
        ]
        for (body, isLocal) in [(title(), true), (turn, false), (title(), false)] {
            _ = try await post(rig, body, openCode)
            let last = try await TestHTTP(rig.url).get("/v1/localcode/requests?limit=1").json["requests"]?[0]
            #expect(last?["local_only"]?.bool == isLocal, "\(body)")
        }
    }

    // MARK: Lanes

    /// The lanes in which requests wait for a slot of a model.
    private func waiting(_ rig: EngineRig) async throws -> JSONValue? {
        try await TestHTTP(rig.url).get("/localcode/slots?model=coder").json["waiting"]
    }

    @Test func whoIsLookedAtGoesBeforeWhatWasAskedEarlier() async throws {
        // Without another model a title needs the only slot as well.
        let rig = try await rig("", models: #"  coder: {path: "{tiny}", threads: 1, slots: 1, context: 65536}"#)
        defer { withExtendedLifetime(rig) {} }
        let order = Order()
        try await withThrowingTaskGroup { tasks in
            var long: HTTPResponse? = try await TestHTTP(rig.url).stream(
                "/v1/chat/completions", EngineRig.hello("coder", stream: true, tokens: 60_000))
            #expect(long?.status == 200)
            tasks.addTask {
                _ = try await post(rig, title(), openCode)
                await order.add("title")
            }
            while try await waiting(rig) != ["background": 1] { try Task.checkCancellation() }
            tasks.addTask {
                _ = try await post(rig, EngineRig.hello("coder", tokens: 4), ["x-session-id": "other"])
                await order.add("main")
            }
            while try await waiting(rig) != ["main": 1, "background": 1] { try Task.checkCancellation() }
            // Who lets go of the answer has left.
            long = nil
            try await tasks.waitForAll()
        }
        #expect(await order.names == ["main", "title"])
    }

    @Test func subAgentsOfASessionShareTheirBeginning() async throws {
        let rig = try await rig(
            "", models: #"  coder: {path: "{tiny}", threads: 1, slots: 2, context: 16384, micro-batch: 1}"#)
        defer { withExtendedLifetime(rig) {} }
        let instructions = (1...80).map { "Rule \($0): look before you leap, and say what you saw. " }.joined()
        func explore(_ question: String, _ session: String) async throws -> TestHTTP.Answer {
            var body = EngineRig.hello("coder", tokens: 4)
            body["messages"] = [
                ["role": "system", "content": .string("You are a file search specialist. " + instructions)],
                ["role": "user", "content": .string(question)],
            ]
            body["tools"] = [["type": "function", "function": ["name": "grep", "parameters": ["type": "object"]]]]
            var headers = openCode
            headers["x-session-affinity"] = session
            headers["X-Session-Id"] = session
            headers["x-parent-session-id"] = "ses_1"
            return try await post(rig, body, headers)
        }
        _ = try await explore("where are retries counted?", "ses_2")
        let second = try await explore("where is the port chosen?", "ses_3")
        let usage = second.json["usage"]
        let prompt = try #require(usage?["prompt_tokens"]?.int)
        let cached = try #require(usage?["prompt_tokens_details"]?["cached_tokens"]?.int)
        #expect(cached > prompt * 9 / 10, "\(cached) of \(prompt)")
        let last = try await TestHTTP(rig.url).get("/v1/localcode/requests?limit=1").json["requests"]?[0]
        #expect(last?["kind"]?.string == "explore" && last?["lane"]?.string == "subagent")
        #expect(last?["parent"]?.string == "ses_1")
    }

    private actor Order {
        var names: [String] = []
        func add(_ name: String) { names.append(name) }
    }
}
