import LocalCodeCore
import Testing

@testable import Commands

@Suite("Chat endpoint")
struct ChatEndpointTests {
    @Test(arguments: [
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080/v1/chat/completions"),
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8080/v1/chat/completions"),
        ("http://127.0.0.1:8080/v1", "http://127.0.0.1:8080/v1/chat/completions"),
        ("http://127.0.0.1:8080/v1/", "http://127.0.0.1:8080/v1/chat/completions"),
        ("http://127.0.0.1:8080/v1/chat/completions", "http://127.0.0.1:8080/v1/chat/completions"),
        ("http://host/llama", "http://host/llama/v1/chat/completions"),
        ("http://v1.host", "http://v1.host/v1/chat/completions"),
        ("https://api.z.ai/api/coding/paas/v4", "https://api.z.ai/api/coding/paas/v4/chat/completions"),
        ("https://host/v1beta/openai", "https://host/v1beta/openai/chat/completions"),
        ("https://host/v1?x=1", "https://host/v1/chat/completions"),
    ])
    func urls(_ url: String, _ expected: String) {
        #expect(ChatEndpoint(url: url, apiKey: nil, glmKey: nil).completions == expected)
    }

    @Test(arguments: [
        ("127.0.0.1", "http://127.0.0.1:4242/v1"), ("0.0.0.0", "http://127.0.0.1:4242/v1"),
        ("::", "http://[::1]:4242/v1"),
        ("fd00::1", "http://[fd00::1]:4242/v1"), ("box.local", "http://box.local:4242/v1"),
    ])
    func localProxy(_ host: String, _ expected: String) {
        #expect(ChatEndpoint(host: host, port: 4242, apiKey: nil).base == expected)
    }

    @Test(
        "The GLM API's key goes to the GLM API alone",
        arguments: [
            ("https://api.z.ai/api/paas/v4", "glm"), ("https://open.bigmodel.cn:443/api/paas/v4", "glm"),
            ("https://user@API.Z.AI/v4", "glm"), ("http://127.0.0.1/api.z.ai/v1", "own"), ("https://notz.ai", "own"),
            ("https://api.z.ai.example.com/v4", "own"),
        ])
    func keys(_ url: String, _ expected: String) {
        #expect(ChatEndpoint(url: url, apiKey: "own", glmKey: "glm").headers["authorization"] == "Bearer \(expected)")
    }

    @Test("White space around a key is no part of it, and no key sends no header")
    func trimming() {
        #expect(ChatEndpoint(host: "x", port: 1, apiKey: " k\n").headers["authorization"] == "Bearer k")
        #expect(ChatEndpoint(host: "x", port: 1, apiKey: " ").headers["authorization"] == nil)
    }

    @Test("a request tells who sends it, as rules know it")
    func client() throws {
        let body = try JSONView(validating: Array(#"{"messages":[]}"#.utf8))
        let headers = ChatEndpoint(host: "x", port: 1, apiKey: nil).headers
        #expect(RequestClass(headers: headers, body: body).client == .localCode)
    }
}
