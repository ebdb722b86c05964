/// One number that a measurement found.
struct Figure: Sendable, Equatable {
    /// What was asked for: a task, a number of clients.
    var group: String
    /// Which of the things that are compared: a set-up of the engine, a way to the model.
    var row: String
    var quantity: Quantity
    var estimate: Estimate
}

/// What a figure counts. The raw value is its name in JSON and CSV.
enum Quantity: String, Sendable, CaseIterable {
    /// Tokens written a second, by the engine's clock.
    case decode
    /// How many times as fast as the first row.
    case gain
    /// What part of the first row's time it takes.
    case share
    /// Tokens of the prompt read a second.
    case prefill
    /// Guessed tokens that the model would have written as well.
    case acceptance
    /// Tokens written a second by all clients together, by the wall's clock.
    case total
    /// The same for each.
    case perClient = "per-client"
    case requests
    /// From the request to the first token.
    case firstToken = "first-token"
    case firstTokenMedian = "first-token-p50"
    case firstToken95 = "first-token-p95"
    case firstToken99 = "first-token-p99"
    /// Between two pieces of a stream.
    case gapMedian = "gap-p50"
    case gap95 = "gap-p95"
    case gap99 = "gap-p99"
    /// What the engine's process takes.
    case memory

    /// The head of its column.
    var title: String {
        switch self {
        case .decode: "TOKENS/S"
        case .gain, .share: "TIMES"
        case .prefill: "PREFILL/S"
        case .acceptance: "ACCEPTED"
        case .total: "TOKENS/S"
        case .perClient: "EACH"
        case .requests: "REQUESTS/S"
        case .firstToken: "FIRST TOKEN"
        case .firstTokenMedian: "FIRST P50"
        case .firstToken95: "P95"
        case .firstToken99: "P99"
        case .gapMedian: "GAP P50"
        case .gap95: "P95"
        case .gap99: "P99"
        case .memory: "MEMORY"
        }
    }

    /// What it is called in a sentence.
    var name: String {
        switch self {
        case .decode: "tokens/s"
        case .gain, .share: "times the first"
        case .prefill: "prompt tokens/s"
        case .acceptance: "accepted"
        case .total: "tokens/s in all"
        case .perClient: "tokens/s each"
        case .requests: "requests/s"
        case .firstToken: "first token"
        case .firstTokenMedian: "first token, p50"
        case .firstToken95: "first token, p95"
        case .firstToken99: "first token, p99"
        case .gapMedian: "gap, p50"
        case .gap95: "gap, p95"
        case .gap99: "gap, p99"
        case .memory: "memory"
        }
    }

    var unit: String {
        switch self {
        case .decode, .prefill, .total, .perClient: "tokens/s"
        case .gain, .share: "times"
        case .acceptance: "%"
        case .requests: "requests/s"
        case .memory: "MB"
        default: "ms"
        }
    }

    /// Behind the number in a cell; nothing where the column's head says it.
    private var mark: String {
        switch self {
        case .decode, .prefill, .total, .perClient, .requests: ""
        case .gain, .share: "×"
        default: " " + unit
        }
    }

    /// Whether more of it is better.
    var isBetterHigh: Bool {
        switch self {
        case .decode, .gain, .prefill, .acceptance, .total, .perClient, .requests: true
        default: false
        }
    }

    func text(_ value: Double) -> String { BenchReport.text(value) + mark }
}
