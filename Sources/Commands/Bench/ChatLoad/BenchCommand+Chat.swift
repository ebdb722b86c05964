import LocalCodeCore

extension Command {
    static let benchChat = Command(
        name: "chat",
        summary: "Measure how fast a chat server streams",
        details: """
            Lets clients ask an OpenAI-compatible server, each one question after the other, and reports the tokens a second of \
            all together and of each, the time to the first token, and the gaps between pieces of the stream. No two prompts \
            are alike. Without --url, the 'localcode serve' of this machine is asked.
            """,
        options: [
            Option(
                "url", value: "URL", kind: .url, completion: .host,
                help: "ask this server instead of the proxy of this machine"),
            .model,
            Option(
                "clients", "c", value: "N", fallback: "1", help: "numbers of clients at once, with commas between"),
            Option("duration", "d", value: "TIME", fallback: "20s", kind: .duration, help: "how long each number asks"),
            Option(
                "prompt", value: "N", fallback: "256", kind: .integer(1...1_000_000), help: "tokens of a prompt, about"),
            Option(
                "answer", value: "N", fallback: "128", kind: .integer(1...100_000), help: "longest answer, in tokens"),
            Option(
                "ignore-eos", fallback: "false", help: "let every answer become as long as that (llama-server only)"),
        ] + ReportOptions.options + [.host, .port, .apiKey, .glmKey],
        examples: [
            Example("localcode bench chat -c 1,4", "measure the proxy of this machine with one client and with four"),
            Example(
                "localcode bench chat --url http://10.0.0.7:8000/v1 -m qwen3 --answer 512", "measure another server"),
        ],
        run: runBenchChat)
}

@Sendable private func runBenchChat(_ invocation: Invocation) async throws {
    let output = try ReportOptions(invocation, bench: "chat")
    var plan = ChatLoadPlan()
    plan.clients = try BatchPlan.clients(from: invocation["clients"] ?? "")
    let (seconds, attoseconds) = (invocation.duration("duration") ?? .seconds(20)).components
    guard (1...86_400).contains(seconds) else { throw UsageError("the duration is out of range", hint: "1s to 24h") }
    plan.duration = UInt64(seconds) * 1_000_000_000 + UInt64(attoseconds / 1_000_000_000)
    plan.prompt = invocation.integer("prompt") ?? plan.prompt
    plan.answer = invocation.integer("answer") ?? plan.answer
    plan.ignoresEnd = invocation.isOn("ignore-eos")
    plan.seed = monotonicNanoseconds()
    let endpoint = ChatEndpoint(invocation)
    plan.model = endpoint.model(invocation)
    let client: HTTPClient
    do {
        client = try HTTPClient(HTTPClient.Configuration(environment: invocation.context.environment))
    } catch {
        throw Failure(error.message)
    }
    let bench = ChatLoadBench(plan: plan, endpoint: endpoint, client: client, context: invocation.context)
    try output.write(try await bench.run(), to: invocation.context)
}
