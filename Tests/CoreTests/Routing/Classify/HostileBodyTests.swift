import LocalCodeCore
import Testing

@Suite("Classify: bodies that nobody means well with")
struct HostileBodyTests {
    @Test(
        "odd values say nothing and break nothing",
        arguments: [
            #"[]"#, #"7"#, #"{"messages":7}"#, #"{"messages":[7,null,[],{}]}"#,
            #"{"messages":[{"role":"user"},{"role":7,"content":{}}]}"#,
            #"{"messages":[{"content":[{},[],"x"],"role":"user"}]}"#,
            #"{"messages":[{"role":"user","content":[{"type":7,"text":7}]}],"tools":7,"metadata":7,"model":7}"#,
            #"{"messages":[{"role":"system","content":"\ud800\udfff \udc00 Working directory: /\ud800"}]}"#,
            #"{"messages":[{"role":"system","content":"Working directory: "}]}"#,
            #"{"messages":[{"role":"system","content":"x Working directory: /a"}],"localcode":{"kind":[]}}"#,
        ])
    func odd(_ body: String) throws {
        let view = try JSONView(validating: Array(body.utf8))
        let found = RequestClass(headers: [:], body: view)
        #expect(found.client == .unknown)
        #expect(found.kind == .chat)
    }

    @Test("nothing that is kept grows with what the client writes")
    func bounded() throws {
        let long = "a" + String(repeating: "\u{301}", count: 100_000)
        let body = Sample.body(
            system: .string(long), Sample.message("user", .string(long)),
            more: [
                ("prompt_cache_key", .string(long)), ("x_localcode", .string(long)),
                ("metadata", ["user_id": .string(long)]),
                ("localcode", ["agent": .string(long), "model": .string(long), "kind": .string(long)]),
            ])
        let found = try Sample.classify(body, ["user-agent": long, "x-localcode-agent": long])
        for text in [found.conversation, found.hints.agent, found.hints.model] {
            #expect((text?.utf8.count ?? 0) < 300)
        }
        #expect(found.evidence.count < 10)
        #expect(found.evidence.allSatisfy { $0.text.utf8.count < 200 })
        let decision = RouteDecision(reasons: [long], models: [long], lane: .main)
        let report = RouteReport(
            time: 0, asked: long, request: found, signals: ContentSignals(), demands: [], decision: decision,
            model: long)
        #expect(report.json.bytes.count < 8_000)
    }

    @Test("a million messages, deep nesting and long texts are walked over once")
    func large() throws {
        let messages = String(repeating: #"{"role":"user","content":"a"},"#, count: 100_000)
        let many = #"{"messages":[\#(messages){"role":"user","content":"b"}],"tools":[{}]}"#
        #expect(RequestClass(headers: [:], body: try JSONView(validating: Array(many.utf8))).kind == .turn)
        let depth = String(repeating: "[", count: 200) + String(repeating: "]", count: 200)
        let deep = #"{"messages":[{"role":"user","content":\#(depth)}],"x":\#(depth)}"#
        #expect(RequestClass(headers: [:], body: try JSONView(validating: Array(deep.utf8))).kind == .chat)
        let long = String(repeating: "directory: ", count: 400_000)
        let text = #"{"messages":[{"role":"system","content":"\#(long)"},{"role":"user","content":"\#(long)"}]}"#
        let found = RequestClass(headers: [:], body: try JSONView(validating: Array(text.utf8)))
        #expect(found.project == nil)
        #expect(found.evidence.allSatisfy { $0.text.utf8.count < 400 })
    }
}
