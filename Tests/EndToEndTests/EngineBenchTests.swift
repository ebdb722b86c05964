import LocalCodeCore
import Support
import Testing

/// Benchmarks that have the release binary in the middle, on the real llama-server.
@Suite("Engine benchmarks", .timeLimit(.minutes(3)))
struct EngineBenchTests {
    private let home: TestHome

    init() async throws {
        home = try TestHome()
        try await home.provideEngine()
    }

    private func report(_ arguments: String...) async throws -> JSONValue {
        let process = try ChildProcess(
            TestPlaces.binary(), ["bench"] + arguments + ["--json"], environment: home.environment)
        let (status, output, error) = await process.collect()
        try #require(status == .exited(0), "\(error)")
        return try JSONValue(parsing: output)
    }

    private func value(_ report: JSONValue, _ group: String, _ row: String, _ quantity: String) -> Double? {
        report["figures"]?.array?.first {
            $0["group"]?.string == group && $0["row"]?.string == row && $0["quantity"]?.string == quantity
        }?["value"]?.double
    }

    @Test func severalClientsAreServedThroughLocalCodeAsWell() async throws {
        let report = try await report(
            "batch", "-c", "1,2", "--rounds", "1", "--requests", "1", "--prompt", "32", "--answer", "8")
        for row in ["bare", "localcode"] {
            #expect(value(report, "2 clients", row, "total") ?? 0 > 0, "\(row)")
            #expect(value(report, "2 clients", row, "first-token-p95") ?? 0 > 0, "\(row)")
        }
        #expect(value(report, "2 clients", "localcode", "gain") ?? 0 > 0)
    }

    @Test func eachSwapBackFindsItsConversation() async throws {
        let report = try await report("swap", "--rounds", "2", "--prompt", "600")
        #expect(value(report, "swap", "by hand", "first-token") ?? 0 > 0)
        #expect(value(report, "swap", "localcode", "first-token") ?? 0 > 0)
        #expect(value(report, "start", "localcode", "first-token") ?? 0 > 0)
        let conclusion = report["conclusion"]?.array?.compactMap { $0.string } ?? []
        #expect(conclusion.contains("4 of 4 swaps restored the conversation from the disk"), "\(conclusion)")
    }
}
