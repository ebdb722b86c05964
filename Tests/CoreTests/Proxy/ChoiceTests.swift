import Testing

@testable import LocalCodeCore

@Suite struct ChoiceTests {
    private let served = [LlamaServer.Model(id: "qwen", aliases: ["coder", "glm-local"], entry: [])]

    @Test(arguments: [
        ("qwen", true, true, Backends.Choice.attached), ("coder", true, true, .attached),
        ("glm-local", true, true, .attached),
        ("glm-4.7", true, true, .glm), ("GLM-5", true, true, .glm), ("glm-4.7", true, false, .attached),
        ("other", true, true, .attached), ("other", false, true, .glm), ("glm-4.7", false, false, .glm),
    ])
    func theNameDecides(model: String, hasEngine: Bool, isGLMConfigured: Bool, choice: Backends.Choice) {
        let offer = Backends.Offer(attached: hasEngine ? served : nil, isGLMConfigured: isGLMConfigured)
        #expect(Backends.choose(model: model, offer) == choice)
    }

    @Test(arguments: [
        ("small", false, Backends.Choice.model("small")), ("mini", true, .model("small")),
        ("glm-mine", true, .model("glm-mine")), ("glm-4.7", true, .glm), ("glm-4.7", false, .none),
        ("other", false, .none), ("other", true, .glm),
    ])
    func aConfiguredModelGoesFirst(model: String, isGLMConfigured: Bool, choice: Backends.Choice) {
        var small = ModelEntry(name: "small", source: .file("/small.gguf"))
        small.aliases = ["mini"]
        let models = [small, ModelEntry(name: "glm-mine", source: .file("/glm.gguf"))]
        let offer = Backends.Offer(models: models, isGLMConfigured: isGLMConfigured)
        #expect(Backends.choose(model: model, offer) == choice)
    }

    @Test func theSetUpsModelAnswersToEveryName() {
        let offer = Backends.Offer(
            models: [ModelEntry(name: "gemma", source: .file("/gemma.gguf"))], isGLMConfigured: true, anyModel: "gemma")
        #expect(Backends.choose(model: "whatever", offer) == .model("gemma"))
        #expect(Backends.choose(model: "glm-4.7", offer) == .glm)
    }
}

@Suite struct AccessTests {
    @Test(arguments: [
        ("http://localhost", true), ("http://localhost:5173", true), ("https://127.0.0.1:8443", true),
        ("http://[::1]:80", true),
        ("http://app.localhost", true), ("http://localhost.evil.com", false), ("http://127.0.0.1.evil.com", false),
        ("https://evil.com", false), ("null", false), ("file://", false), ("http://127.evil.com", false),
    ])
    func onlyPagesOfThisMachine(origin: String, isAllowed: Bool) {
        #expect(CrossOrigin.isAllowed(origin, extra: []) == isAllowed)
    }

    @Test func originsCanBeNamed() {
        #expect(CrossOrigin.isAllowed(nil, extra: []))
        #expect(CrossOrigin.isAllowed("https://a.example", extra: ["https://a.example"]))
        #expect(!CrossOrigin.isAllowed("https://b.example", extra: ["https://a.example"]))
        #expect(CrossOrigin.isAllowed("https://b.example", extra: ["*"]))
    }

    @Test(arguments: [
        ("127.0.0.1:4242", true), ("localhost", true), ("LOCALHOST:1", true), ("[::1]:80", true), ("192.168.1.9", true),
        ("app.localhost:3000", true), ("host.docker.internal:4242", true), ("workstation:4242", true),
        ("chat.example.org", true), ("evil.com", false), ("evil.com:4242", false), ("127.0.0.1.evil.com", false),
        ("localhost.evil.com", false), ("1.2.3.4.5", false), ("", true),
    ])
    func noNamesThatAnybodyCanRegister(host: String, isAllowed: Bool) {
        #expect(CrossOrigin.isAllowed(host: host, extra: ["https://chat.example.org:8443"]) == isAllowed)
        #expect(CrossOrigin.isAllowed(host: host, extra: ["*"]))
        #expect(CrossOrigin.isAllowed(host: nil, extra: []))
    }

    @Test func keysAreCompared() throws {
        try Authorization.check([:], key: nil)
        try Authorization.check(["authorization": "bearer k1"], key: "k1")
        try Authorization.check(["x-api-key": "k1"], key: "k1")
        for headers: HTTPHeaders in [
            [:], ["authorization": "Basic k1"], ["authorization": "Bearer k12"], ["x-api-key": ""],
        ] {
            let error = #expect(throws: APIError.self) { try Authorization.check(headers, key: "k1") }
            #expect(error?.status == 401)
        }
    }

    @Test func pathsAreMatched() {
        func row(_ path: String) -> (path: String, id: String)? {
            for endpoint in Endpoint.all { if let id = endpoint.match(path[...]) { return (endpoint.path, id) } }
            return nil
        }
        #expect(row("/models")?.path == "/models")
        #expect(row("/models/a%2Fb c")?.id == "a/b c")
        #expect(row("/models/100%+5%-1%zz%4")?.id == "100%+5%-1%zz%4")
        #expect(row("/models/org/name")?.id == "org/name")
        #expect(row("/models/") == nil)
        #expect(row("/chat") == nil)
    }

    @Test func everyEndpointHasADifferentRow() {
        let rows = Endpoint.all.map { "\($0.method) \($0.path)" }
        #expect(Set(rows).count == rows.count)
    }
}
