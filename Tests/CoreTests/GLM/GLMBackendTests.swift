import LocalCodeCore
import Testing

struct GLMBackendTests {
    private func backend(_ url: String, _ key: String?) throws -> GLMBackend {
        GLMBackend(baseURL: url, key: key, client: try HTTPClient())
    }

    @Test("where it goes and what it carries")
    func request() throws {
        let backend = try backend("http://localhost:9/api/paas/v4//", " id.secret\n")
        let request = backend.request(for: Array("{\"request_id\":\"req-123456\"}".utf8), requestID: "req-123456")
        #expect(request.method == "POST")
        #expect(request.url == "http://localhost:9/api/paas/v4/chat/completions")
        #expect(request.headers["authorization"] == "Bearer id.secret")
        #expect(request.headers["accept-language"] == "en-US,en")
        #expect(request.headers["content-type"] == "application/json")
        #expect(request.headers["content-encoding"] == nil)
        #expect(request.connectTimeout == .seconds(10) && request.idleTimeout == .seconds(600))
        #expect(request.body == Array("{\"request_id\":\"req-123456\"}".utf8))
        #expect(backend.hasKey)
    }

    @Test("a repetition has an id of its own and is otherwise the same")
    func repetition() throws {
        let body = Array("{\"a\":1.0,\"request_id\":\"req-123456\",\"b\":[ ]}".utf8)
        let request = try backend("http://localhost:9", "k").request(for: body, requestID: "req-123456", attempt: 3)
        #expect(request.body == Array("{\"a\":1.0,\"request_id\":\"req-123456-3\",\"b\":[ ]}".utf8))
    }

    @Test("without a key a placeholder is sent", arguments: [nil, "", " \n", "dummy"])
    func placeholder(key: String?) throws {
        let backend = try backend("http://localhost:9", key)
        #expect(!backend.hasKey)
        #expect(backend.request(for: [], requestID: "").headers["authorization"] == "Bearer dummy")
    }
}
