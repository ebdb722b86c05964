import Testing

@testable import LocalCodeCore

@Suite struct LlamaServerErrorTests {
    private func error(_ status: Int, _ body: String) -> APIError {
        LlamaServer.error(status: status, body: Array(body.utf8))
    }

    @Test func wordsAndTypeStay() {
        let told = error(
            400, #"{"error":{"code":400,"message":"Invalid tool_choice: x","type":"invalid_request_error"}}"#)
        #expect(told.status == 400)
        #expect(told.message == "Invalid tool_choice: x")
        #expect(told.type == "invalid_request_error")
    }

    @Test func aFullContextHasOpenAIsCode() {
        let told = error(
            400,
            #"{"error":{"code":400,"message":"request (9) exceeds the available context size (5)","#
                + #""type":"exceed_context_size_error","n_prompt_tokens":9,"n_ctx":5}}"#)
        #expect(told.code == "context_length_exceeded")
        #expect(told.message.contains("exceeds the available context size"))
        #expect(told.message.contains("9 tokens of prompt, 5 of context"))
    }

    @Test func loadingIsTemporary() {
        let told = error(503, #"{"error":{"message":"Loading model","type":"unavailable_error","code":503}}"#)
        #expect(told.status == 503)
        #expect(told.headers["retry-after"] == "2")
    }

    @Test(arguments: ["", "<html>", "{}", #"{"error":"text"}"#])
    func anythingElseIsStillAnError(body: String) {
        #expect(error(500, body).message == "llama-server answered with status 500")
        #expect(error(302, body).status == 502)
    }

    @Test func itsOwnKeyIsNotTheClients() {
        let told = error(401, #"{"error":{"message":"Invalid API Key","type":"authentication_error","code":401}}"#)
        #expect(told.message.hasPrefix("Invalid API Key"))
        #expect(told.message.contains("--engine-key"))
    }
}
