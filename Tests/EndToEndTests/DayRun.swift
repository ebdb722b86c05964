import LocalCodeCore
import Support

/// A day's requests and what became of them: who answered what, and how much of the prompts was read for it.
struct DayRun {
    /// An answer, in what can be compared.
    struct Answer: Equatable {
        /// The text, and the names and arguments of calls.
        let text: String
        /// The logarithms of the tokens' probabilities: the tiny models say the same to many prompts, and are not equally sure.
        let probabilities: [Double]
        /// Tokens of the prompt that were read.
        let readTokens: Int
        /// Tokens of the prompt.
        let promptTokens: Int
        /// `x-localcode-model`.
        let model: String?
    }

    let requests: [TrafficCase]
    let answers: [Answer]

    /// Tokens of all prompts that were read.
    var readTokens: Int { answers.reduce(0) { $0 + $1.readTokens } }

    /// Tokens of all prompts.
    var promptTokens: Int { answers.reduce(0) { $0 + $1.promptTokens } }

    /// Sends everything in the day's order.
    static func run(_ waves: [[TrafficCase]], _ url: String) async throws -> DayRun {
        var answers: [Answer] = []
        for wave in waves {
            answers += try await withThrowingTaskGroup(of: (Int, Answer).self) { tasks in
                for (index, request) in wave.enumerated() { tasks.addTask { (index, try await send(request, url)) } }
                return try await tasks.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
            }
        }
        return DayRun(requests: waves.flatMap(\.self), answers: answers)
    }

    private static func send(_ request: TrafficCase, _ url: String) async throws -> Answer {
        let answer = try await TestHTTP(url).post("/v1/chat/completions", request.body, headers: request.headers)
        guard answer.status == 200, answer.events.last?.isDone == true else {
            throw TestKitError("\(request.name): \(answer.status): \(answer.text)")
        }
        var text = ""
        var probabilities: [Double] = []
        var timings: JSONValue?
        for event in answer.events.dropLast() {
            let chunk = try JSONValue(parsing: event.data)
            timings = chunk["timings"] ?? timings
            guard let choice = chunk["choices"]?[0] else { continue }
            text += choice["delta"]?["content"]?.string ?? ""
            for call in choice["delta"]?["tool_calls"]?.array ?? [] {
                text += call["function"]?["name"]?.string ?? ""
                text += call["function"]?["arguments"]?.string ?? ""
            }
            probabilities += choice["logprobs"]?["content"]?.array?.compactMap { $0["logprob"]?.double } ?? []
        }
        guard let read = timings?["prompt_n"]?.int, let cached = timings?["cache_n"]?.int else {
            throw TestKitError("\(request.name): no timings in \(answer.text)")
        }
        return Answer(
            text: text, probabilities: probabilities, readTokens: read, promptTokens: read + cached,
            model: answer.headers["x-localcode-model"])
    }
}

extension DayRun.Answer {
    /// Whether it is the same answer to the same prompt. Where in the cache tokens are moves probabilities by less than this;
    /// another prompt's state moves them by more.
    func isSame(as other: Self) -> Bool {
        text == other.text && promptTokens == other.promptTokens && probabilities.count == other.probabilities.count
            && zip(probabilities, other.probabilities).allSatisfy { abs($0 - $1) < 0.001 }
    }
}
