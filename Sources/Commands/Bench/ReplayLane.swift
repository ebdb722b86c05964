import LocalCodeCore
import Synchronization

/// One way to the model that a trace is replayed to, with the answers it gave.
final class ReplayLane: Sendable {
    let name: String
    let client: EngineClient
    private let text: BenchText
    private let answerTokens: Int
    /// By the id of the segment that stands for it.
    private let answers = Mutex<[String: String]>([:])

    init(name: String, client: EngineClient, text: BenchText, answerTokens: Int) {
        self.name = name
        self.client = client
        self.text = text
        self.answerTokens = answerTokens
    }

    /// What a phase cost.
    struct Cost: Sendable, Equatable {
        var promptTokens = 0
        var evaluated = 0
        var seconds = 0.0
        var firstTokens: [Double] = []
        var evaluatedByKind: [TraceKind: Int] = [:]
        /// How often LocalCode said which source.
        var sources: [String: Int] = [:]

        mutating func add(_ request: TraceRequest, _ answer: EngineAnswer) {
            promptTokens += answer.promptTokens ?? (answer.evaluated ?? 0) + (answer.cached ?? 0)
            evaluated += answer.evaluated ?? 0
            evaluatedByKind[request.kind, default: 0] += answer.evaluated ?? 0
            firstTokens.append(Double(answer.firstToken ?? answer.total) / 1e6)
            if let source = answer.source { sources[source, default: 0] += 1 }
        }
    }

    /// Sends what a phase holds, as fast as the answers come.
    func play(_ phase: ReplayPlan.Phase, progress: @Sendable (Int) -> Void) async throws -> Cost {
        var cost = Cost()
        let start = monotonicNanoseconds()
        var done = 0
        for instant in phase.instants {
            try await withThrowingTaskGroup(of: (TraceRequest, EngineAnswer).self) { tasks in
                for request in instant {
                    tasks.addTask { (request, try await onOwnThread { try self.ask(request) }) }
                }
                for try await (request, answer) in tasks { cost.add(request, answer) }
            }
            done += instant.count
            progress(done)
        }
        cost.seconds = Double(monotonicNanoseconds() - start) / 1e9
        return cost
    }

    private func ask(_ request: TraceRequest) throws -> EngineAnswer {
        var headers = ["x-opencode-session-id: \(Self.headerValue(request.session))"]
        if let parent = request.parent {
            headers.append("x-opencode-parent-session-id: \(Self.headerValue(parent))")
        }
        let answer = try client.chat(body(request), headers: headers)
        answers.withLock { $0[request.answer.id] = answer.text }
        return answer
    }

    /// System text and tools become one system message, since not every template prints tools; an assistant's message is what
    /// this lane's engine answered.
    func body(_ request: TraceRequest) -> [UInt8] {
        let leading = request.prompt.prefix(request.leadingCount).map(content)
        var messages: [JSONValue] = []
        if !leading.isEmpty {
            let title = request.kind == .title ? "You are a title generator. You output ONLY a thread title.\n" : ""
            messages.append(["role": "system", "content": .string(title + leading.joined(separator: "\n"))])
        }
        for segment in request.prompt.dropFirst(request.leadingCount) {
            messages.append(
                [
                    "role": segment.role == .assistant ? "assistant" : "user",
                    "content": .string(content(segment)),
                ])
        }
        let body: JSONValue = [
            "model": "bench", "stream": true, "stream_options": ["include_usage": true], "temperature": 0,
            "max_tokens": .number(max(1, min(answerTokens, request.answer.tokens))), "messages": .array(messages),
        ]
        return body.bytes
    }

    private func content(_ segment: TraceSegment) -> String {
        if segment.role == .assistant, let answer = answers.withLock({ $0[segment.id] }) { return answer }
        return text.text(segment.id, tokens: segment.tokens)
    }

    /// A trace may come from anywhere; a header may not hold everything.
    private static func headerValue(_ text: String) -> String {
        String(text.unicodeScalars.prefix(128).map { (0x21...0x7E).contains($0.value) ? Character($0) : "_" })
    }
}
