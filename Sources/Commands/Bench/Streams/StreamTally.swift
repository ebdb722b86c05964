/// What some streams came to together.
struct StreamTally: Sendable {
    var requests = 0
    var tokens = 0
    /// The wall's time for all of them.
    var seconds = 0.0
    /// Tokens a second of each stream, by the wall's clock.
    var speeds: [Double] = []
    var firstTokens = LatencySamples()
    /// Between two pieces of a stream.
    var gaps = LatencySamples()
    /// Requests that were not answered, and why the first of them was not.
    var failures = 0
    var failure: String?

    mutating func add(_ answer: EngineAnswer) {
        // A server that does not count has sent about a token a piece.
        let count = answer.generated ?? answer.pieces.count
        requests += 1
        tokens += count
        if answer.total > 0 { speeds.append(Double(count) / (Double(answer.total) / 1e9)) }
        firstTokens.record(nanoseconds: answer.firstToken ?? answer.total)
        for (before, after) in zip(answer.pieces, answer.pieces.dropFirst()) {
            gaps.record(nanoseconds: after > before ? after - before : 0)
        }
    }

    mutating func add(failure reason: String) {
        failures += 1
        failure = failure ?? reason
    }

    mutating func add(_ other: StreamTally) {
        requests += other.requests
        tokens += other.tokens
        seconds += other.seconds
        speeds += other.speeds
        firstTokens.add(other.firstTokens)
        gaps.add(other.gaps)
        failures += other.failures
        failure = failure ?? other.failure
    }

    /// Tokens a second in all.
    var speed: Double { seconds > 0 ? Double(tokens) / seconds : 0 }

    /// Percentiles in milliseconds, as figures.
    func latencies(_ group: String, _ row: String) -> [Figure] {
        let all: [(Quantity, LatencySamples, Double)] = [
            (.firstTokenMedian, firstTokens, 50), (.firstToken95, firstTokens, 95), (.firstToken99, firstTokens, 99),
            (.gapMedian, gaps, 50), (.gap95, gaps, 95), (.gap99, gaps, 99),
        ]
        return all.compactMap { quantity, samples, percent in
            samples.percentile(percent).map {
                Figure(group: group, row: row, quantity: quantity, estimate: Estimate($0 / 1_000, count: samples.count))
            }
        }
    }
}
