import Testing

@testable import Commands

/// The real upstream and the real client, over sockets of the loopback interface.
@Suite("Bench: load", .timeLimit(.minutes(1)))
struct LoadTests {
    /// Runs `work` on a thread of its own, next to an upstream.
    private func withUpstream<Value: Sendable>(
        _ work: @escaping @Sendable (Endpoint) throws -> Value
    ) async throws -> Value {
        let upstream = try LoadUpstream(port: 0)
        async let serving: Void = onOwnThread { upstream.run() }
        defer { upstream.stop() }
        let value = try await onOwnThread { try work(Endpoint(port: upstream.port)) }
        upstream.stop()
        try await serving
        return value
    }

    @Test("requests of every size are answered", arguments: [300, 60_000, 3_000_000])
    func requests(size: Int) async throws {
        let result = try await withUpstream { endpoint in
            let client = LoadClient(endpoint)
            let load = Load(request: Load.request(ChatBody(size: size).bytes, to: endpoint), connections: 3)
            _ = try client.run(load) {}
            return try client.run(load) {}
        }
        #expect(result.requests == 3)
        #expect(result.requestLatency.count == 0, "the first request of a block is not recorded")
        #expect(result.tokens == 0)
    }

    @Test("a block goes on until its time is up")
    func duration() async throws {
        let result = try await withUpstream { endpoint in
            let load = Load(
                request: Load.request(ChatBody(size: 300).bytes, to: endpoint), connections: 2, duration: 50_000_000)
            return try LoadClient(endpoint).run(load) {}
        }
        #expect(result.requests >= 2)
        #expect(result.requestLatency.count == result.requests - 2)
        #expect(result.nanoseconds >= 50_000_000)
    }

    @Test("each token of each stream arrives and is timed", arguments: [0, 1])
    func streams(milliseconds: Int) async throws {
        let result = try await withUpstream { endpoint in
            let body = ChatBody(size: 400, tokens: 40, interval: .milliseconds(milliseconds)).bytes
            let load = Load(request: Load.request(body, to: endpoint), connections: 32, tokens: 40, skipsFirst: false)
            let client = LoadClient(endpoint)
            _ = try client.run(load) {}
            return try client.run(load) {}
        }
        #expect(result.requests == 32)
        #expect(result.tokens == 32 * 40)
        #expect(result.tokenLatency.count == 32 * 40)
        #expect(result.nanoseconds >= UInt64(milliseconds) * 39 * 1_000_000)
    }

    @Test("a stream with fewer tokens than ordered fails")
    func missingTokens() async throws {
        await #expect(throws: Failure.self) {
            try await withUpstream { endpoint in
                let body = ChatBody(size: 400, tokens: 10).bytes
                return try LoadClient(endpoint).run(
                    Load(request: Load.request(body, to: endpoint), connections: 1, tokens: 11)
                ) {}
            }
        }
    }

    @Test("an answer that is an error fails, with what it says")
    func errorAnswer() async throws {
        let error = await #expect(throws: Failure.self) {
            try await withUpstream { endpoint in
                let request = Array("GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n".utf8)
                return try LoadClient(endpoint).run(Load(request: request, connections: 1)) {}
            }
        }
        #expect(error?.message.contains("404") == true)
        #expect(error?.message.contains("File Not Found") == true)
    }

    @Test("a whole run fills every cell of the report")
    func wholeRun() async throws {
        let results = try await withUpstream { endpoint in
            let targets = ["direct", BenchReport.judged].map { BenchTarget(name: $0, endpoint: endpoint) }
            let plan = BenchPlan(sizes: [300, 60_000], streams: [1, 4], duration: 250_000_000)
            return try BenchRun(plan: plan, targets: targets).measure()
        }
        let report = BenchReport(results, targets: ["direct", BenchReport.judged], notes: [])
        for section in report.sections where section.unit != .megabytes && section.unit != .seconds {
            guard section.unit != .milliseconds else { continue }
            #expect(!section.rows.isEmpty)
            for row in section.rows { #expect(row.values.last != .some(nil), "\(section.title): \(row.name)") }
        }
    }
}
