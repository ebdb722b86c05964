import Support
import Testing

@testable import LocalCodeCore

struct FallbackTableTests {
    @Test(
        "what goes on to the next upstream",
        arguments: [
            (503, "upstream_unreachable"), (504, "upstream_timeout"), (502, "upstream_broken"), (500, nil), (501, nil),
            (503, "model_unavailable"), (400, "model_unusable"), (400, "model_too_large"), (404, "model_not_found"),
            (400, "model_not_found"), (400, "wrong_mode"), (400, "unsupported_endpoint"), (503, "queue_full"),
            (401, nil), (403, nil), (404, nil), (408, nil), (429, nil), (529, nil), (400, "context_length_exceeded"),
        ] as [(Int, String?)])
    func goesOn(status: Int, code: String?) {
        #expect(Fallback.isWorthTrying(after: APIError(status: status, message: "m", code: code)))
    }

    @Test(
        "what the client learns at once",
        arguments: [
            (400, nil), (400, "invalid_json"), (400, "invalid_request"), (400, "content_filter"), (400, "local_only"),
            (409, nil), (413, nil), (422, nil), (499, nil), (503, "stopping"),
        ] as [(Int, String?)])
    func stops(status: Int, code: String?) {
        #expect(!Fallback.isWorthTrying(after: APIError(status: status, message: "m", code: code)))
    }

    @Test(
        "GLM's codes",
        arguments: [
            ([500, 1200, 1230, 1234], true), ([1000, 1001, 1005, 1112, 1220], true), ([1113, 1314, 1315], true),
            ([1302, 1303, 1313], true), ([1305, 1312], true), ([1304, 1308, 1309, 1310, 1311, 1316, 1321], true),
            ([1211, 1261], true), ([1210, 1213, 1214, 1215, 1231], false), ([1300, 1301], false),
        ] as [([Int], Bool)])
    func codes(codes: [Int], goesOn: Bool) {
        let request: JSONValue = ["model": "glm-4.7", "messages": [["role": "user", "content": "u"]]]
        for code in codes {
            let reply = FakeGLM(.error(code: code)).reply(
                method: "POST", path: "/api/paas/v4/chat/completions", headers: ["authorization": "Bearer id.secret"],
                body: request.bytes)
            let error = APIError(GLMError.classify(status: reply.status, body: reply.body, headers: reply.headers))
            #expect(Fallback.isWorthTrying(after: error) == goesOn, "\(code)")
        }
    }

    @Test(
        "how often GLM is asked where somebody else can be",
        arguments: [(1302, 2), (1303, 2), (1234, 2), (500, 2), (1313, 2), (1305, 1), (1312, 1), (1308, 1), (1113, 1)])
    func tries(code: Int, most: Int) {
        let body = #"{"error":{"code":"\#(code)","message":"m"}}"#
        let failure = GLMError.classify(status: 429, body: Array(body.utf8))
        var tries = 1
        while let wait = RetryPolicy.beforeFallback.next(
            attempt: tries, failure: failure, elapsed: .zero, random: 0.99)
        {
            #expect(wait <= .seconds(3))
            tries += 1
        }
        #expect(tries == most)
    }
}
