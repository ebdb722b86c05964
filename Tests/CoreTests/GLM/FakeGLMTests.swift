import LocalCodeCore
import Support
import Testing

/// The fake has to be as strict as the gateway was seen to be.
struct FakeGLMTests {
    private static let right: JSONValue = ["model": "glm-4.7", "messages": [["role": "user", "content": "u"]]]

    private func reply(_ body: JSONValue, key: String? = "id.secret", path: String = "/api/paas/v4/chat/completions")
        -> FakeGLM.Reply
    {
        var headers = HTTPHeaders()
        if let key { headers.add("Authorization", "Bearer " + key) }
        return FakeGLM().reply(method: "POST", path: path, headers: headers, body: body.bytes)
    }

    private func code(_ reply: FakeGLM.Reply) throws -> String? {
        try JSONValue(parsing: reply.body)["error"]?["code"]?.string
    }

    @Test("who is let in, and where")
    func door() throws {
        #expect(reply(Self.right).status == 200)
        #expect(reply(Self.right, key: nil).status == 401)
        #expect(try code(reply(Self.right, key: nil)) == "1001")
        #expect(reply(Self.right, key: "dummy").status == 401)
        let lost = reply(Self.right, path: "/api/paas/v4/v1/chat/completions")
        #expect(lost.status == 404)
        #expect(try code(lost) == "500")
    }

    @Test(
        "what is refused",
        arguments: [
            ("model", JSONValue.null, "1211"), ("model", "gpt-4", "1211"), ("tool_choice", "required", "1210"),
            ("max_tokens", 131_073, "1210"), ("max_tokens", 0, "1210"), ("temperature", 1.5, "1210"),
            ("top_p", 0, "1210"),
            ("messages", [["role": "system", "content": "s"], ["role": "assistant", "content": "a"]], "1214"),
            ("messages", [["role": "developer", "content": "s"], ["role": "user", "content": "u"]], "1214"),
            ("messages", [["role": "user", "content": [["type": "text", "text": ""]]]], "1214"), ("stop", "x", "1210"),
        ] as [(String, JSONValue, String)])
    func refused(field: String, value: JSONValue, code: String) throws {
        var body = Self.right
        body[field] = value
        let reply = reply(body)
        #expect(reply.status == 400)
        #expect(try self.code(reply) == code)
    }

    @Test("the cap is disclosed")
    func cap() throws {
        var body = Self.right
        body["model"] = "glm-4.5-air"
        body["max_tokens"] = 200_000
        let message = try JSONValue(parsing: reply(body).body)["error"]?["message"]?.string
        #expect(message?.contains("[1,98304]") == true)
    }

    @Test("the frames are the ones that were recorded")
    func frames() {
        var body = Self.right
        body["stream"] = true
        let headers: HTTPHeaders = ["Authorization": "Bearer id.secret"]
        let reply = FakeGLM(.text(["hi"])).reply(
            method: "POST", path: "/api/paas/v4/chat/completions", headers: headers, body: body.bytes)
        #expect(reply.pieces.count == 3)
        #expect(
            String(decoding: reply.pieces[0], as: UTF8.self).contains(
                #""choices":[{"index":0,"delta":{"role":"assistant","content":"hi"}}]"#))
        #expect(
            String(decoding: reply.pieces[1], as: UTF8.self).contains(
                #""finish_reason":"stop","delta":{"role":"assistant","content":""}}],"usage":"#))
        #expect(reply.pieces[2] == Array("data: [DONE]\n\n".utf8))
    }

    @Test("a session follows its plan, keeps what it saw and refuses an id twice")
    func session() {
        let session = FakeGLM.Session([.error(code: 1302), .text(["a"])])
        var body = Self.right
        func status(_ id: JSONValue) -> Int {
            body["request_id"] = id
            let headers: HTTPHeaders = ["Authorization": "Bearer id.secret"]
            return session.reply(
                method: "POST", path: "/api/paas/v4/chat/completions", headers: headers, body: body.bytes
            ).status
        }
        #expect(
            [status("req-1234"), status("req-1235"), status("req-1235"), status("req-1236")] == [429, 200, 400, 200])
        #expect(session.seen.count == 4)
    }
}
