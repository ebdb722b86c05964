import LocalCodeCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension Command {
    /// Measurements on this machine.
    public static let bench = Command(
        name: "bench",
        summary: "Measure models, engines and LocalCode on this machine",
        details: """
            'spec', 'batch', 'flash', 'swap' and 'chat' measure models and servers, the others LocalCode itself, with the goals it is \
            held to. Run them on a quiet machine.
            """,
        subcommands: [
            benchSpec, benchBatch, benchFlash, benchSwap, benchChat, benchProxy, benchCache, benchReplay, benchEviction,
            benchFIM, benchRerank, benchGrammar, benchRoute, benchUpstream,
        ])

    private static let benchProxy = Command(
        name: "proxy",
        summary: "Compare the proxy with the direct way and with nginx",
        details: """
            Starts an upstream that plays llama-server, nginx (if there is one) and `localcode serve` in front of it, and \
            sends all three the same load in turns: requests of several sizes one after another, paced streams, and as much \
            as they take. It reports the time a request and a streamed token takes longer than on the direct way, CPU time, \
            throughput and resident memory.

            Another proxy can be measured with them: let it forward to 127.0.0.1 at --upstream-port and name it with \
            --target.
            """,
        options: [
            Option(
                "duration", "d", value: "TIME", fallback: "4s", kind: .duration,
                help: "how long each target is measured in each cell"),
            Option("quick", "q", fallback: "false", help: "take a rough look: a sixth of the time"),
            Option(
                "sizes", value: "KB", fallback: "0.3,60,1000",
                help: "sizes of the request bodies in kilobytes, with commas between"),
            Option("streams", value: "N", fallback: "1,16,64", help: "numbers of streams at once, with commas between"),
            Option(
                "target", "t", value: "NAME=URL", repeats: true,
                help: "measure another proxy in front of the upstream's port"),
            Option(
                "upstream-port", value: "PORT", fallback: "0", kind: .integer(0...65_535),
                help: "port of the upstream; 0 lets the kernel choose"),
            Option(
                "nginx", value: "FILE", fallback: "nginx", completion: .file,
                help: "nginx to compare with; none leaves it out"),
            Option("localcode", value: "FILE", completion: .file, help: "LocalCode to measure; this one by default"),
            Option(
                "log-format", value: "FORMAT", fallback: "pretty", choices: ["pretty", "json", "off"],
                help: "log that the measured LocalCode writes (to a file)"),
            Option("log-off", fallback: "false", help: "also measure a LocalCode that writes no log"),
            Option("json", fallback: "false", help: "print the report as JSON"),
        ],
        examples: [
            Example("localcode bench proxy", "measure everything; takes about two minutes"),
            Example(
                "localcode bench proxy --upstream-port 9000 -t caddy=http://127.0.0.1:9001",
                "measure another proxy too, which forwards to port 9000"),
        ],
        run: runBenchProxy)

    private static let benchUpstream = Command(
        name: "upstream",
        summary: "Play llama-server for a measurement",
        details: """
            Answers chat requests with a fixed text, or streams max_tokens tokens, one each bench_interval_us. Ends when the \
            process that started it does.
            """,
        options: [
            Option(
                "port", value: "PORT", fallback: "0", kind: .integer(0...65_535),
                help: "port to listen on; 0 lets the kernel choose")
        ],
        isHidden: true,
        run: runBenchUpstream)
}

@Sendable private func runBenchProxy(_ invocation: Invocation) async throws {
    var plan = BenchPlan()
    plan.sizes = try BenchPlan.sizes(from: invocation["sizes"] ?? "")
    plan.streams = try BenchPlan.streams(from: invocation["streams"] ?? "")
    let duration = (invocation.duration("duration") ?? .seconds(4)) / (invocation.isOn("quick") ? 6 : 1)
    let (seconds, attoseconds) = duration.components
    guard (0.2...600).contains(Double(seconds) + Double(attoseconds) / 1e18) else {
        throw UsageError("the duration is out of range", hint: "200ms to 10m")
    }
    plan.duration = UInt64(seconds) * 1_000_000_000 + UInt64(attoseconds / 1_000_000_000)

    let environment = invocation.context.environment
    let nginx = invocation["nginx"] ?? "nginx"
    let nginxFile = nginx == "none" ? nil : findProgram(nginx, environment: environment)
    if nginxFile == nil, nginx != "none", nginx != "nginx" { throw Failure("there is no program \(nginx)") }
    guard let localCode = invocation["localcode"].map({ findProgram($0, environment: environment) }) ?? ownProgram()
    else {
        throw Failure("there is no program \(invocation["localcode"] ?? "localcode")")
    }
    var others: [BenchTarget] = []
    for text in invocation.all("target") { others.append(try BenchPlan.target(from: text)) }
    guard others.isEmpty || invocation.integer("upstream-port") != 0 else {
        throw UsageError("--target needs --upstream-port", hint: "the other proxy must know where to forward to")
    }
    let bench = ProxyBench(
        plan: plan, others: others, upstreamPort: UInt16(invocation.integer("upstream-port") ?? 0), nginx: nginxFile,
        localCode: localCode, logFormat: invocation["log-format"] ?? "pretty",
        comparesLogOff: invocation.isOn("log-off"), context: invocation.context)
    let report = try await bench.run()
    if nginxFile == nil, nginx != "none" {
        try invocation.context.error.write("localcode: nginx was not found, so it is left out\n")
    }
    try invocation.context.output.write(report.text(asJSON: invocation.isOn("json")))
}

@Sendable private func runBenchUpstream(_ invocation: Invocation) async throws {
    let upstream = try LoadUpstream(port: UInt16(invocation.integer("port") ?? 0))
    let announcement = BenchProgram.upstreamAnnouncement + Endpoint(port: upstream.port).url + "\n"
    try invocation.context.output.write(announcement)
    let parent = getppid()
    try await onOwnThread { upstream.run { getppid() == parent } }
}
