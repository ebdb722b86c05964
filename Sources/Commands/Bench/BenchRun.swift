import LocalCodeCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Measures the targets of a plan in turns, so that whatever else the machine does meets all of them alike. Blocks its thread.
struct BenchRun: Sendable {
    var plan: BenchPlan
    /// The first one is the direct way, which the others are compared with.
    var targets: [BenchTarget]
    /// Told what comes next and how far it is, from 0 to 1.
    var progress: @Sendable (_ step: String, _ done: Double) -> Void = { _, _ in }

    /// What each target did in a cell, in the order of the targets.
    struct Cell: Sendable {
        var results: [LoadResult]
        /// CPU time of each target's processes.
        var cpuNanoseconds: [UInt64?]
    }

    struct Results: Sendable {
        var requests: [(size: Int, cell: Cell)] = []
        var streams: [(streams: Int, cell: Cell)] = []
        var requestSaturation: Cell?
        var tokenSaturation: Cell?
        /// Resident bytes of each target.
        var idleMemory: [Int?] = []
        var streamMemory: [(size: Int, memory: [Int?])] = []
        var finalMemory: [Int?] = []
        /// Bytes a second.
        var jsonSpeed: Double?
    }

    func measure() throws -> Results {
        var results = Results()
        let memorySizes = Array(plan.sizes.sorted().prefix(2))
        let steps = Double(memorySizes.count + plan.sizes.count + plan.streams.count + 3)
        var step = 0.0
        func next(_ name: String) {
            progress(name, step / steps)
            step += 1
        }
        let small = memorySizes.first ?? 300

        results.idleMemory = memory()
        for size in memorySizes {
            next("\(BenchPlan.memoryStreams) streams at once, \(sizeName(size)) each")
            results.streamMemory.append((size, try memoryOfStreams(size)))
        }
        for size in plan.sizes {
            next("requests of \(sizeName(size))")
            let body = ChatBody(size: size).bytes
            let load = Load(request: body, connections: 1, duration: plan.turn(of: BenchPlan.requestBlock))
            results.requests.append((size, try cell(load, rounds: plan.rounds(of: BenchPlan.requestBlock))))
        }
        for streams in plan.streams {
            next(streams == 1 ? "1 stream" : "\(streams) streams")
            results.streams.append((streams, try pacedCell(streams, size: small)))
        }
        next("as many requests as possible")
        results.requestSaturation = try cell(
            Load(
                request: ChatBody(size: small).bytes, connections: BenchPlan.saturationConnections,
                duration: plan.turn(of: BenchPlan.streamBlock) / 2),
            rounds: plan.rounds(of: BenchPlan.streamBlock))
        next("as many tokens as possible")
        results.tokenSaturation = try cell(
            Load(
                request: ChatBody(size: small, tokens: 500).bytes, connections: plan.streams.max() ?? 1,
                duration: plan.turn(of: BenchPlan.streamBlock) / 2, tokens: 500),
            rounds: plan.rounds(of: BenchPlan.streamBlock))
        results.finalMemory = memory()
        next("JSON pass")
        results.jsonSpeed = try jsonSpeed(ChatBody(size: plan.sizes.max() ?? 1_000_000).bytes)
        return results
    }

    /// - Parameter load: Its request is a body still; each target gets its own head.
    private func cell(_ load: Load, rounds: Int) throws -> Cell {
        let clients = targets.map { LoadClient($0.endpoint) }
        let loads = targets.map { target in
            var load = load
            load.request = Load.request(load.request, to: target.endpoint)
            return load
        }
        for index in targets.indices {
            var warmUp = loads[index]
            warmUp.duration = warmUp.duration / 4
            try named(targets[index]) { _ = try clients[index].run(warmUp, whileWaiting: Interruption.check) }
        }
        var results = targets.map { _ in LoadResult() }
        let before = usage()
        for round in 0..<rounds {
            for turn in targets.indices {
                let index = (turn + round) % targets.count
                try named(targets[index]) {
                    results[index].add(try clients[index].run(loads[index], whileWaiting: Interruption.check))
                }
            }
        }
        let cpu = zip(before, usage()).map { before, after in
            before.flatMap { before in
                after.map { $0.cpuNanoseconds - min($0.cpuNanoseconds, before.cpuNanoseconds) }
            }
        }
        shortenLogs()
        return Cell(results: results, cpuNanoseconds: cpu)
    }

    private func pacedCell(_ streams: Int, size: Int) throws -> Cell {
        let rate = BenchPlan.rate(streams: streams)
        let rounds = plan.rounds(of: BenchPlan.streamBlock)
        let tokens = max(10, rate * Int(plan.duration / 1_000_000) / 1_000 / rounds)
        let body = ChatBody(size: size, tokens: tokens, interval: .microseconds(1_000_000 / rate)).bytes
        return try cell(Load(request: body, connections: streams, tokens: tokens), rounds: rounds)
    }

    private func memoryOfStreams(_ size: Int) throws -> [Int?] {
        let body = ChatBody(size: size, tokens: 20, interval: .milliseconds(50)).bytes
        let result = try targets.map { target -> Int? in
            guard !target.processes.isEmpty else { return nil }
            let client = LoadClient(target.endpoint)
            var highest: Int?
            try named(target) {
                let load = Load(
                    request: Load.request(body, to: target.endpoint), connections: BenchPlan.memoryStreams, tokens: 20)
                _ = try client.run(load) {
                    try Interruption.check()
                    highest = ProcessUsage.total(of: target.processes).map { max($0.residentBytes, highest ?? 0) }
                }
            }
            return highest
        }
        shortenLogs()
        return result
    }

    /// Median speed of the pass that `serve` makes over each body.
    private func jsonSpeed(_ body: [UInt8]) throws -> Double? {
        var samples = LatencySamples()
        let limit = monotonicNanoseconds() + min(plan.duration, 1_000_000_000)
        while monotonicNanoseconds() < limit {
            try Interruption.check()
            let start = monotonicNanoseconds()
            do {
                let view = try JSONView(validating: body)
                guard view["messages"] != nil else { throw Failure("the JSON pass finds no messages") }
            } catch let error as JSONError {
                throw Failure("the JSON pass fails: \(error)")
            }
            samples.record(nanoseconds: monotonicNanoseconds() - start)
        }
        return samples.percentile(50).map { Double(body.count) / $0 * 1_000_000 }
    }

    private func usage() -> [ProcessUsage?] {
        targets.map { $0.processes.isEmpty ? nil : ProcessUsage.total(of: $0.processes) }
    }

    private func memory() -> [Int?] { usage().map { $0?.residentBytes } }

    private func shortenLogs() {
        for case let path? in targets.map(\.logPath) { truncate(path, 0) }
    }

    private func named(_ target: BenchTarget, _ work: () throws -> Void) throws {
        do {
            try work()
        } catch let error as Failure {
            try Interruption.check()
            throw Failure("\(target.name): \(error.message)", hint: error.hint)
        }
    }
}

/// `0.3 KB`, `60 KB`, `1,000 KB`.
func sizeName(_ bytes: Int) -> String {
    bytes % 1_000 == 0 ? "\(grouped(bytes / 1_000)) KB" : "\(Double(bytes) / 1_000) KB"
}
