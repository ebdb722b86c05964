import LocalCodeCore
import Subprocess

#if canImport(System)
    import System
#else
    import SystemPackage
#endif

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// `localcode bench proxy`: starts everything, measures, reports, and clears away.
struct ProxyBench: Sendable {
    var plan: BenchPlan
    /// Other proxies in front of our upstream, started by somebody else.
    var others: [BenchTarget]
    var upstreamPort: UInt16
    /// nil: not compared with nginx.
    var nginx: String?
    /// The LocalCode to measure.
    var localCode: String
    var logFormat: String
    /// Measures a second LocalCode that logs nothing.
    var comparesLogOff: Bool
    var context: Context

    func run() async throws -> BenchReport {
        let interruption = try Interruption.arm()
        defer { interruption.disarm() }
        guard let own = ownProgram() else { throw Failure("cannot find this program's own file") }
        return try await withTemporaryDirectory(context.environment) { root in
            let upstream = BenchProgram.upstream(
                executable: own, port: upstreamPort, directory: try directory("upstream", in: root),
                environment: context.environment)
            return try await upstream.run { endpoint, process in
                try await withProxies(
                    try proxies(endpoint, root)[...], [BenchTarget(name: "direct", endpoint: endpoint)]
                ) {
                    try await measure($0 + others, upstream: process)
                }
            }
        }
    }

    private func proxies(_ upstream: Endpoint, _ root: String) throws -> [BenchProgram] {
        var programs: [BenchProgram] = []
        if let nginx {
            programs.append(
                try .nginx(
                    executable: nginx, port: try LoopbackSocket.freePort(), upstream: upstream,
                    directory: try directory("nginx", in: root), environment: context.environment))
        }
        let logs = [(BenchReport.judged, logFormat)] + (comparesLogOff ? [("log off", "off")] : [])
        for (index, (name, format)) in logs.enumerated() {
            programs.append(
                .localCode(
                    name: name, executable: localCode, upstream: upstream, logFormat: format,
                    directory: try directory("localcode\(index)", in: root), environment: context.environment))
        }
        return programs
    }

    private func directory(_ name: String, in root: String) throws -> String {
        try makeDirectory("\(root)/\(name)")
        return "\(root)/\(name)"
    }

    /// Starts one program inside the other, so that each is stopped whatever becomes of the rest.
    private func withProxies(
        _ programs: ArraySlice<BenchProgram>, _ running: [BenchTarget],
        _ body: @Sendable ([BenchTarget]) async throws -> BenchReport
    ) async throws -> BenchReport {
        guard let program = programs.first else { return try await body(running) }
        return try await program.run { endpoint, process in
            let target = BenchTarget(
                name: program.name, endpoint: endpoint, processes: [process] + ProcessUsage.children(of: process),
                logPath: program.logPath)
            return try await withProxies(programs.dropFirst(), running + [target], body)
        }
    }

    private func measure(_ targets: [BenchTarget], upstream: Int32) async throws -> BenchReport {
        let run = BenchRun(plan: plan, targets: targets, progress: showProgress)
        let processes = [getpid(), upstream] + targets.flatMap(\.processes)
        let before = MachineLoad.now(processes: processes)
        let results = try await onOwnThread { try run.measure() }
        let after = MachineLoad.now(processes: processes)
        if context.error.isTerminal { try context.error.write("\r\u{1B}[K") }
        var notes = await notes()
        // What a proxy that somebody else started uses cannot be told from a disturbance.
        if let before, let after, others.isEmpty { notes.append(Self.disturbance(after.lostShare(since: before))) }
        return BenchReport(results, targets: targets.map(\.name), notes: notes)
    }

    /// How far the numbers can be trusted.
    static func disturbance(_ share: Double) -> String {
        let text = "other programs used \(Int((share * 100).rounded())) % of the machine meanwhile"
        return share < 0.05 ? text : text + ": repeat this on a quiet machine"
    }

    /// The same for a run whose programs come and go; nothing where the system does not tell.
    static func disturbances(since start: MachineLoad?) -> [String] {
        guard let start, let now = MachineLoad.nowWithChildren() else { return [] }
        return [disturbance(now.lostShare(since: start))]
    }

    private func showProgress(_ step: String, _ done: Double) {
        guard context.error.isTerminal else { return }
        try? context.error.write("\r\u{1B}[K[\(Int(done * 100)) %] \(step)")
    }

    private func notes() async -> [String] {
        var notes = [Self.machine()]
        if let nginx {
            let version = try? await Subprocess.run(
                .path(FilePath(nginx)), arguments: ["-v"], output: .discarded, error: .string(limit: 1_024))
            if let line = version?.standardError.split(separator: "\n").first { notes.append(String(line)) }
        }
        notes.append(
            "\(Double(plan.duration) / 1_000_000_000) s a target and cell, in turns; "
                + "added times are differences of the percentiles to the direct way")
        return notes
    }

    /// Processor, cores, system.
    static func machine() -> String {
        let processor = (readText("/proc/cpuinfo") ?? "").split(separator: "\n")
            .first { $0.hasPrefix("model name") }
            .flatMap { line in line.firstIndex(of: ":").map { line[line.index(after: $0)...].drop { $0 == " " } } }
        let cores = sysconf(Int32(_SC_NPROCESSORS_ONLN))
        var system = utsname()
        uname(&system)
        func field<Field>(_ field: Field) -> String {
            withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        }
        return "\(cores) × \(processor.map(String.init) ?? field(system.machine)), "
            + "\(field(system.sysname)) \(field(system.release))"
    }
}
