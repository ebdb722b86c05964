import LocalCodeCore

/// Asks for a stream over HTTP and notes what came when.
enum StreamProbe {
    /// The largest error answer that is read.
    private static let limit = 1 << 20

    /// - Parameter send: sends the request.
    /// - Throws: `Failure` unless it is answered with a whole stream.
    static func ask(
        _ name: String, now: () -> UInt64 = monotonicNanoseconds, _ send: () async throws -> HTTPResponse
    ) async throws -> EngineAnswer {
        var answer = EngineAnswer()
        let start = now()
        let response: HTTPResponse
        do {
            response = try await send()
            answer.status = response.status
            guard response.status == 200 else {
                let body = try await response.body.collect(upTo: limit)
                throw Failure("\(name) answered with status \(response.status): \(ChatStreamReader.preview(body))")
            }
            try await read(response.body, into: &answer) { now() - start }
        } catch let error as HTTPClientError {
            throw Failure("\(name): \(error.message)")
        } catch let error as ServerSentEventTooLong {
            throw Failure("\(name) sent an event of more than \(error.limit) bytes")
        }
        answer.total = now() - start
        guard answer.firstToken != nil else {
            throw Failure("\(name) sent no tokens: \(ChatStreamReader.preview(answer.body))")
        }
        return answer
    }

    private static func read(_ body: HTTPBody, into answer: inout EngineAnswer, now: () -> UInt64) async throws {
        var events = ServerSentEventParser()
        var isWhole = false
        do {
            for try await bytes in body {
                for event in try events.push(bytes) {
                    if event.isDone { isWhole = true } else { answer.read(event: event.data, now: now) }
                }
            }
        } catch let error as HTTPClientError where isWhole && error.kind == .broken {
            // All that matters had come.
        }
        guard isWhole else {
            throw HTTPClientError(
                kind: .broken, message: "the answer broke off: \(ChatStreamReader.preview(answer.body))")
        }
    }
}

/// Runs work that Ctrl-C and SIGTERM end: it is cancelled, and `Interruption.check` throws.
func untilInterrupted<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) async throws -> Value {
    try await withThrowingTaskGroup(of: Value?.self) { tasks in
        tasks.addTask { try await work() }
        tasks.addTask {
            while true {
                try Interruption.check()
                try await Task.sleep(for: .milliseconds(50))
            }
        }
        defer { tasks.cancelAll() }
        while let value = try await tasks.next() {
            if let value { return value }
        }
        throw CancellationError()
    }
}
