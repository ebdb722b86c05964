import LocalCodeCore
import Testing

@testable import Commands

@Suite("Bench: command")
struct BenchCommandTests {
    private func run(_ options: [String: [String]]) async throws {
        let silent = Context.Stream(isTerminal: false, hasColor: false, width: 80) { _ in }
        let context = Context(
            environment: ["PATH": "/nowhere"], workingDirectory: "/", output: silent, error: silent,
            inputIsTerminal: false, readInput: { _ in [] })
        guard let proxy = Command.bench.subcommands.first(where: { $0.name == "proxy" }) else {
            Issue.record("there is no bench proxy")
            return
        }
        var values: [String: [String]] = [:]
        for option in proxy.options { if let fallback = option.fallback { values[option.name] = [fallback] } }
        try await proxy.run(
            Invocation(
                path: ["bench", "proxy"], operands: [], values: values.merging(options) { $1 }, context: context))
    }

    @Test(
        "refuses what cannot be measured before anything starts",
        arguments: [
            ["sizes": ["x"]], ["streams": ["0"]], ["duration": ["1ms"]], ["target": ["caddy=http://127.0.0.1:4000"]],
            ["target": ["caddy"], "upstream-port": ["9000"]],
        ])
    func usage(options: [String: [String]]) async {
        await #expect(throws: UsageError.self) { try await run(options) }
    }

    @Test("names the program that is missing", arguments: ["nginx", "localcode"])
    func missing(option: String) async {
        let error = await #expect(throws: Failure.self) { try await run([option: ["/nowhere/program"]]) }
        #expect(error?.message.contains("/nowhere/program") == true)
    }

    @Test("the upstream is not for users")
    func hidden() {
        #expect(
            Command.bench.subcommands.filter { !$0.isHidden }.map(\.name) == [
                "spec", "batch", "flash", "swap", "chat", "proxy", "cache", "replay", "eviction", "fim", "rerank",
                "grammar", "route",
            ])
    }
}
