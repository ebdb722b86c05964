import Testing

@testable import LocalCodeCore

@Suite("Classify: hints")
struct HintTests {
    private func hints(_ more: [(String, JSONValue)], _ headers: HTTPHeaders = [:]) throws -> RequestClass {
        let body = Sample.body(
            system: .string(Sample.openCode1), Sample.message("user", "x"), tools: Sample.tools("bash"), more: more)
        return try Sample.classify(body, headers)
    }

    @Test("header fields win over what is guessed")
    func headers() throws {
        let found = try hints(
            [],
            [
                "x-localcode-kind": "title", "x-localcode-client": "opencode-v2", "X-LocalCode-Lane": "background",
                "x-localcode-model": "small", "x-localcode-privacy": "local-only", "x-localcode-session": "s",
                "x-localcode-parent": "p",
            ])
        #expect(found.kind == .title)
        #expect(found.client == .openCode2)
        #expect(found.conversation == "s")
        #expect(found.parent == "p")
        #expect(
            found.hints
                == RoutingHints(kind: .title, client: .openCode2, model: "small", lane: .background, isLocalOnly: true))
    }

    @Test(
        "names of agents are kinds",
        arguments: [
            ("build", RequestKind.turn), ("plan", .plan), ("title", .title), ("compaction", .compaction),
            ("summary", .summary), ("general", .subagent), ("explore", .explore), ("my-own", .turn),
        ])
    func agents(agent: String, kind: RequestKind) throws {
        let found = try hints([], ["x-localcode-agent": agent])
        #expect(found.kind == kind)
        #expect(found.hints.agent == agent)
    }

    @Test("fields of the body, in each of their forms")
    func body() throws {
        #expect(try hints([("x_localcode", "title")]).kind == .title)
        #expect(try hints([("x_localcode", "main")]).hints.lane == .main)
        #expect(try hints([("x_localcode", "main")]).kind == .turn)
        #expect(try hints([("localcode_kind", "compaction")]).kind == .compaction)
        let all = try hints([
            ("localcode", ["kind": "explore", "lane": "subagent", "privacy": "local-only", "other": 1])
        ])
        #expect(all.hints == RoutingHints(kind: .explore, lane: .subagent, isLocalOnly: true))
        #expect(try hints([("model", "localcode/title")]).kind == .title)
        #expect(try hints([("model", "vision")]).kind == .turn)
        // A header counts more: it is for this request alone.
        #expect(try hints([("x_localcode", "title")], ["x-localcode-kind": "plan"]).kind == .plan)
    }

    @Test("what nobody understands counts for nothing, and is shown; only privacy is kept in doubt")
    func nonsense() throws {
        let found = try hints(
            [("x_localcode", 7), ("localcode", "title")],
            ["x-localcode-kind": "poem", "x-localcode-lane": "fast", "x-localcode-privacy": "none"])
        #expect(found.kind == .turn)
        #expect(found.hints == RoutingHints(isLocalOnly: true))
        #expect(try !hints([], ["x-localcode-privacy": "any"]).hints.isLocalOnly)
        #expect(found.evidence.filter { $0.about.hasPrefix("hint (not") }.map(\.text) == ["", "poem", "fast", "none"])
        #expect(found.misunderstood.contains("x-localcode-lane: 'fast' is not understood"))
    }
}
