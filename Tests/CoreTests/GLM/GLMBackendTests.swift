import LocalCodeCore
import Support
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

    @Test("an answer comes back as it is, and anything else as what it means")
    func send() async throws {
        let session = FakeGLM.Session([.text(["hi"]), .error(code: 1308)])
        let server = try RecordingServer { request in
            let reply = session.reply(
                method: request.method, path: request.target, headers: HTTPHeaders(request.headers), body: request.body)
            return .chunked(status: reply.status, headers: [], reply.pieces.map { .send($0) })
        }
        let backend = try backend(server.url + "/api/paas/v4/", "id.secret")
        func body(_ id: String) -> [UInt8] {
            let body: JSONValue = [
                "model": "glm-4.7", "messages": [["role": "user", "content": "u"]], "request_id": .string(id),
            ]
            return body.bytes
        }
        let response = try await backend.send(body("req-123456"), requestID: "req-123456")
        let answer = try JSONValue(parsing: try await response.body.collect(upTo: 10_000))
        #expect(answer["choices"]?[0]?["message"]?["content"] == "hi")
        let failure = await #expect(throws: UpstreamFailure.self) {
            try await backend.send(body("req-123457"), requestID: "req-123457")
        }
        #expect(failure?.upstreamCode == "1308")
    }

    @Test("nobody there")
    func nobody() async throws {
        // Port 9 is discard's: reserved, and never given out by the kernel.
        let backend = GLMBackend(
            baseURL: "http://127.0.0.1:9", key: "k", client: try HTTPClient(), retries: RetryPolicy(attempts: 1))
        let failure = await #expect(throws: UpstreamFailure.self) {
            try await backend.send([], requestID: "req-123456")
        }
        #expect(failure?.httpStatus == 502 && failure?.code == "upstream_unreachable")
    }
}
