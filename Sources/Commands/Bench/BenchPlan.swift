/// What one run of `bench proxy` measures.
struct BenchPlan: Sendable, Equatable {
    /// Sizes of request bodies, in bytes.
    var sizes: [Int] = [300, 60_000, 1_000_000]
    /// Numbers of streams at once.
    var streams = [1, 16, 64]
    /// How long each target is measured in each cell, in nanoseconds.
    var duration: UInt64 = 4_000_000_000

    /// Streams for the memory rows.
    static let memoryStreams = 256
    /// Connections that saturate a target with requests.
    static let saturationConnections = 16

    /// Time that one target has the machine before the next one's turn.
    static let requestBlock: UInt64 = 200_000_000
    static let streamBlock: UInt64 = 1_000_000_000

    /// How often all targets take turns in a cell.
    func rounds(of block: UInt64) -> Int { max(2, Int(duration / block)) }

    /// The length of a turn, which is shorter where the whole cell is.
    func turn(of block: UInt64) -> UInt64 { min(block, duration / 2) }

    /// Tokens a second of each of so many streams: a small model alone is fast, a shared engine is slower for each.
    static func rate(streams: Int) -> Int {
        switch streams {
        case ...1: 200
        case ...16: 100
        default: 50
        }
    }

    /// `0.3,60,1000` in thousands of bytes.
    static func sizes(from text: String) throws(UsageError) -> [Int] {
        var sizes: [Int] = []
        for part in text.split(separator: ",") {
            guard let value = Double(part), (0.3...60_000).contains(value) else {
                throw UsageError(
                    "invalid size '\(part)'", hint: "kilobytes from 0.3 to 60000, as in --sizes 0.3,60,1000")
            }
            sizes.append(Int((value * 1_000).rounded()))
        }
        guard !sizes.isEmpty else { throw UsageError("--sizes is empty") }
        return sizes
    }

    /// `1,16,64`.
    static func streams(from text: String) throws(UsageError) -> [Int] {
        var streams: [Int] = []
        for part in text.split(separator: ",") {
            guard let value = Int(part), (1...400).contains(value) else {
                throw UsageError("invalid number of streams '\(part)'", hint: "from 1 to 400, as in --streams 1,16,64")
            }
            streams.append(value)
        }
        guard !streams.isEmpty else { throw UsageError("--streams is empty") }
        return streams
    }

    /// `caddy=http://127.0.0.1:4000`.
    static func target(from text: String) throws(UsageError) -> BenchTarget {
        let parts = text.split(separator: "=", maxSplits: 1)
        guard parts.count == 2, let endpoint = Endpoint(url: String(parts[1])) else {
            throw UsageError("invalid target '\(text)'", hint: "NAME=URL, as in --target caddy=http://127.0.0.1:4000")
        }
        return BenchTarget(name: String(parts[0]), endpoint: endpoint)
    }
}

/// One way to the upstream that is measured.
struct BenchTarget: Sendable, Equatable {
    var name: String
    var endpoint: Endpoint
    /// Whose CPU time and memory to read; empty when they are not ours to know.
    var processes: [Int32] = []
    /// A log to keep short.
    var logPath: String?
}
