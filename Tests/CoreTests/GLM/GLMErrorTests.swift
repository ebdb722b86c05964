import Support
import Testing

@testable import LocalCodeCore

struct GLMErrorTests {
    private static let soon = UpstreamFailure.Retry.after(base: .milliseconds(500), cap: .seconds(8))
    private static let late = UpstreamFailure.Retry.after(base: .seconds(30), cap: .seconds(120))

    private func failure(_ scenario: FakeGLM.Scenario, hasKey: Bool = true) -> UpstreamFailure {
        let request: JSONValue = ["model": "glm-4.7", "messages": [["role": "user", "content": "u"]]]
        let reply = FakeGLM(scenario).reply(
            method: "POST", path: "/api/paas/v4/chat/completions", headers: ["authorization": "Bearer id.secret"],
            body: request.bytes)
        return GLMError.classify(status: reply.status, body: reply.body, headers: reply.headers, hasKey: hasKey)
    }

    @Test(
        "every code: status, kind and whether to try again",
        arguments: [
            ([500, 1200, 1230, 1234], 500, "server_error", soon),
            ([1000, 1001, 1002, 1003, 1004, 1005, 1110, 1111, 1112, 1120, 1121], 401, "invalid_api_key", .no),
            ([1113, 1314, 1315], 429, "insufficient_quota", .no),
            ([1210, 1212, 1213, 1214, 1215, 1221, 1222, 1231, 1233], 400, "invalid_request", .no),
            ([1211], 400, "model_not_found", .no),
            ([1220], 403, "permission_denied", .no),
            ([1261], 400, "context_length_exceeded", .no),
            ([1300, 1301], 400, "content_filter", .no),
            ([1302, 1303], 429, "rate_limit_exceeded", soon),
            ([1305, 1312], 503, "overloaded", late),
            ([1304, 1308, 1309, 1310, 1311, 1316, 1317, 1318, 1319, 1320, 1321], 429, "insufficient_quota", .no),
            ([1313], 429, "rate_limit_exceeded", .once),
        ] as [([Int], Int, String, UpstreamFailure.Retry)])
    func codes(codes: [Int], status: Int, name: String, retry: UpstreamFailure.Retry) {
        for code in codes {
            let failure = failure(.error(code: code))
            #expect(failure.httpStatus == status, "\(code)")
            #expect(failure.code == name, "\(code)")
            #expect(failure.retry == retry, "\(code)")
            #expect(failure.upstreamCode == String(code))
            #expect(failure.message.hasPrefix("GLM \(code): "), "\(failure.message)")
            #expect(failure.headers["x-localcode-upstream-code"] == String(code))
            #expect(failure.headers["x-should-retry"] == (retry == .no ? "false" : "true"))
        }
    }

    @Test("advice where it helps")
    func hints() {
        #expect(failure(.error(code: 1113)).message.contains("/api/coding/paas/v4"))
        #expect(failure(.error(code: 1001)).message.contains("ZAI_API_KEY"))
        #expect(failure(.error(code: 1000), hasKey: false).message.contains("No key is configured: set ZAI_API_KEY"))
        #expect(
            failure(.error(code: 1308)).message.contains("2026-11-24 10:30:05 UTC (2026-11-24 18:30:05 in Beijing)"))
    }

    @Test("a full context is told in words that clients know")
    func context() {
        let failure = failure(.error(code: 1261))
        #expect(failure.message.contains("context_length_exceeded"))
        #expect(failure.code == "context_length_exceeded")
    }

    @Test("what cannot succeed has no digits that look like a passing fault")
    func digits() throws {
        let body = Array(#"{"error":{"code":"1210","message":"max_tokens [1,150000], id 14291429, 502"}}"#.utf8)
        let failure = GLMError.classify(status: 400, body: body)
        for digits in ["429", "500", "502", "503", "504", "524"] { #expect(!failure.message.contains(digits)) }
        #expect(failure.message.filter { $0.isNumber || $0.isASCII }.contains("1210"))
        #expect(
            GLMError.classify(status: 500, body: Array(#"{"error":{"code":"500","message":"x"}}"#.utf8)).message
                == "GLM 500: x")
    }

    @Test(
        "other shapes of a body",
        arguments: [
            (200, #"{"code":1000,"msg":"bad key","success":false}"#, 401, "1000", "bad key"),
            (200, #"{"code":500,"msg":"oops","success":false}"#, 500, "500", "oops"),
            (
                529, #"{"type":"error","error":{"type":"overloaded_error","message":"[1305][Overloaded][2026]"}}"#, 503,
                "1305", "Overloaded"
            ),
            (
                404, #"{"error":{"code":"500","message":"404 NOT_FOUND"}}"#, 404, "500",
                "NOT_FOUND. The base URL ends in /paas/v4"
            ),
            (500, #"{"error":{"code":"500","message":"404 NOT_FOUND"}}"#, 404, "500", "without /v1"),
            (502, "<html><body>Bad Gateway</body></html>", 502, nil, "an HTML page"),
            (503, "", 503, nil, "HTTP status 503 without a reason"),
            (400, "plain\n words\u{7}", 400, nil, "GLM: plain words"),
            (418, #"{"error":"tea"}"#, 418, nil, "tea"),
            (413, "", 413, nil, "HTTP status 413"),
            (200, #"{"error":{"code":"1999","message":"new"}}"#, 500, "1999", "new"),
            (429, "{}", 429, nil, "HTTP status 429"),
            (401, "[]", 401, nil, "ZAI_API_KEY"),
            (403, #"{"message":"no"}"#, 403, nil, "no"),
        ] as [(Int, String, Int, String?, String)])
    func shapes(status: Int, body: String, clientStatus: Int, code: String?, words: String) {
        let failure = GLMError.classify(status: status, body: Array(body.utf8))
        #expect(failure.httpStatus == clientStatus)
        #expect(failure.upstreamCode == code)
        #expect(failure.message.contains(words), "\(failure.message)")
    }

    @Test("a new code under 429 gets one more chance, and a known one overrules any status")
    func codeBeforeStatus() {
        let new = GLMError.classify(status: 429, body: Array(#"{"error":{"code":"1399","message":"x"}}"#.utf8))
        #expect(new.retry == .once)
        #expect(GLMError.classify(status: 200, body: Array(#"{"success":false}"#.utf8)).retry == .once)
        let known = GLMError.classify(status: 500, body: Array(#"{"error":{"code":"1308","message":"x"}}"#.utf8))
        #expect(known.retry == .no && known.httpStatus == 429)
    }

    @Test("Retry-After is read", arguments: [("retry-after", "7", 7000), ("retry-after-ms", "250", 250)])
    func retryAfter(name: String, value: String, milliseconds: Int) {
        var headers = HTTPHeaders()
        headers.add(name, value)
        let failure = GLMError.classify(status: 429, body: [], headers: headers)
        #expect(failure.retryAfter == .milliseconds(milliseconds))
        headers[name] = "soon"
        #expect(GLMError.classify(status: 429, body: [], headers: headers).retryAfter == nil)
    }

    @Test("a request without an answer")
    func transport() {
        let refused = GLMError.classify(HTTPClientError(kind: .connect, message: "nobody listens"))
        #expect(refused.httpStatus == 502 && refused.retry == Self.soon && refused.message == "GLM: nobody listens")
        #expect(GLMError.classify(HTTPClientError(kind: .timeout, message: "silence")).httpStatus == 504)
        #expect(GLMError.classify(HTTPClientError(kind: .tls, message: "no trust")).retry == .no)
    }

    @Test(
        "the reset of a quota in both clocks",
        arguments: [
            ("at 2026-03-01 07:59:59.", "2026-02-28 23:59:59 UTC (2026-03-01 07:59:59 in Beijing)"),
            ("2028-03-01 00:00:00", "2028-02-29 16:00:00 UTC (2028-03-01 00:00:00 in Beijing)"),
            ("2027-01-01 05:00:00", "2026-12-31 21:00:00 UTC (2027-01-01 05:00:00 in Beijing)"),
            ("2026-99-01 05:00:00", nil), ("soon", nil), ("", nil),
        ] as [(String, String?)])
    func resetTime(text: String, time: String?) {
        #expect(GLMResetTime.first(in: text) == time)
    }
}
