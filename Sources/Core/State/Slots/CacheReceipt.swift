/// What the cache did for a request: what was expected of it and what the engine reports.
public struct CacheReceipt: Sendable, Equatable {
    /// Where the beginning of the prompt came from.
    public enum Source: String, Sendable {
        /// The slot held it.
        case resident
        /// It was restored from a file.
        case restored
        /// It was read.
        case cold
        /// The whole answer was stored: nothing was asked of the engine.
        case answered
    }

    public var source: Source
    /// The slot; nil where the engine chose.
    public var slot: Int?
    /// Tokens that should not have had to be read; nil where nobody can tell.
    public var expected: TokenCount?
    /// Tokens that were not read, by the engine's word.
    public var actual: Int?
    /// What restoring took, milliseconds.
    public var restoreMilliseconds: Double?
    /// What reading the cached tokens would have taken, less what restoring took, seconds.
    public var savedSeconds: Double?

    public init(source: Source, slot: Int? = nil, expected: TokenCount? = nil) {
        self.source = source
        self.slot = slot
        self.expected = expected
    }

    /// Whether far less was reused than was there for certain: more than 64 tokens and a twentieth less. A prompt's last
    /// tokens are read again in any case, and the template can put a few others behind a message that was the last one.
    public var isMiss: Bool {
        guard let expected, let actual else { return false }
        return actual < expected.floor - max(64, expected.floor / 20)
    }

    /// The value of `x-localcode-cache`: `restored; expected=4010; actual=4006; restore_ms=12.3; saved_s=13.1`.
    public var header: String {
        var parts = [source.rawValue]
        if let expected { parts.append("expected=\(expected.count)") }
        if let actual { parts.append("actual=\(actual)") }
        if let restoreMilliseconds { parts.append("restore_ms=\(Self.decimal(restoreMilliseconds, 1))") }
        if let savedSeconds { parts.append("saved_s=\(Self.decimal(savedSeconds, 3))") }
        return parts.joined(separator: "; ")
    }

    /// For a line of the log: `restored 4006 of 4010 in 12.3 ms, slot 0`; with more than was expected, `resident 7 (expected 0)`.
    public var summary: String {
        var text = source.rawValue
        if let expected, source != .cold {
            let found = actual.map(String.init) ?? "?"
            let isMore = actual ?? 0 > expected.count
            text += isMore ? " \(found) (expected \(expected.count))" : " \(found) of \(expected.count)"
        }
        if let restoreMilliseconds { text += " in \(Self.decimal(restoreMilliseconds, 1)) ms" }
        if let slot { text += ", slot \(slot)" }
        return text
    }

    /// For a program.
    public var json: JSONValue {
        var object = JSONObject()
        object["source"] = .string(source.rawValue)
        object["slot"] = slot.map { .number($0) }
        object["expected_tokens"] = expected.map { .number($0.count) }
        object["actual_tokens"] = actual.map { .number($0) }
        object["restore_ms"] = restoreMilliseconds.map { .number(($0 * 1000).rounded() / 1000) }
        object["saved_seconds"] = savedSeconds.map { .number(($0 * 1000).rounded() / 1000) }
        return .object(object)
    }

    /// Adds what follows from what the engine reports.
    /// What is said of the source follows the engine: a state that it does not use makes no warm start.
    mutating func complete(_ costs: EngineCosts) {
        guard let actual else { return }
        if actual == 0 { source = .cold } else if source == .cold { source = .resident }
        savedSeconds = max(0, costs.prefillSeconds(actual) - (restoreMilliseconds ?? 0) / 1000)
    }

    static func decimal(_ value: Double, _ digits: Int) -> String {
        let scale = (0..<digits).reduce(1.0) { result, _ in result * 10 }
        let scaled = (value * scale).rounded()
        guard scaled.magnitude < 1e15 else { return "0" }
        let whole = Int(scaled.magnitude)
        let fraction = String(whole % Int(scale))
        return (scaled < 0 ? "-" : "") + String(whole / Int(scale)) + "."
            + String(repeating: "0", count: digits - fraction.count) + fraction
    }
}
