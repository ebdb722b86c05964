import LocalCodeCore

/// What `bench chat` asks of a server.
struct ChatLoadPlan: Sendable, Equatable {
    /// Numbers of clients that ask at once.
    var clients = [1]
    /// How long each number asks, in nanoseconds.
    var duration: UInt64 = 20_000_000_000
    /// Tokens of a prompt, about, and of the longest answer.
    var prompt = 256
    var answer = 128
    var model: String?
    /// Adds llama-server's field that makes every answer as long as the longest.
    var ignoresEnd = false
    /// Makes the texts of one run differ from those of another: a server may remember.
    var seed: UInt64 = 0

    /// The request of a number.
    func body(_ number: Int) -> [UInt8] {
        let text = BenchText().text("chat \(seed) \(number)", tokens: prompt)
        let body = ChatRequestBody(
            model: model, messages: [["role": "user", "content": .string(text)]], maxTokens: answer)
        guard ignoresEnd, var value = try? JSONValue(parsing: body.bytes) else { return body.bytes }
        value["ignore_eos"] = true
        return value.bytes
    }
}
