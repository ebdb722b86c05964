/// Grammars for ranges of numbers.
enum GrammarNumbers {
    /// Integers from `low` to `high`; nil stands for no bound, and the result is nil if there are none. Without a bound they have up
    /// to 16 digits more or less, as a model must come to an end.
    static func integers(_ low: Int?, _ high: Int?) -> String? {
        if let low, let high, low > high { return nil }
        var parts: [String] = []
        if low ?? -1 < 0 {
            let most = low.map { -$0 }
            let least = high.map { max(1, -$0) } ?? 1
            parts.append("\"-\" (\(magnitudes(least, most)))")
        }
        if high ?? 0 >= 0 { parts.append(magnitudes(max(0, low ?? 0), high)) }
        return parts.joined(separator: " | ")
    }

    /// Numbers from `low` to `high`, with fractions and without exponents.
    static func decimals(_ low: (value: Int, isExclusive: Bool)?, _ high: (value: Int, isExclusive: Bool)?) -> String? {
        var parts: [String] = []
        if low.map({ $0.value < 0 }) ?? true {
            let least = high.flatMap { $0.value < 0 ? (-$0.value, $0.isExclusive) : nil } ?? (0, true)
            let most = low.map { (value: -$0.value, isExclusive: $0.isExclusive) }
            if let text = decimalMagnitudes(least, most) { parts.append("\"-\" (\(text))") }
        }
        if high.map({ $0.value >= 0 }) ?? true {
            let least = low.flatMap { $0.value >= 0 ? $0 : nil } ?? (0, false)
            if let text = decimalMagnitudes(least, high) { parts.append(text) }
        }
        return parts.isEmpty ? nil : parts.joined(separator: " | ")
    }

    private static func decimalMagnitudes(
        _ low: (value: Int, isExclusive: Bool), _ high: (value: Int, isExclusive: Bool)?
    ) -> String? {
        let fraction = "(\".\" [0-9]{1,16})?"
        var parts: [String] = []
        var first = low.value
        if low.isExclusive, high.map({ $0.value > low.value }) ?? true {
            parts.append("\"\(first)\" \".\" \"0\"{0,15} [1-9] [0-9]{0,15}")
            first += 1
        }
        if high.map({ $0.value > first }) ?? true {
            parts.append("(\(magnitudes(first, high.map { $0.value - 1 }))) \(fraction)")
        }
        if let high, !high.isExclusive, high.value > low.value || (high.value == low.value && !low.isExclusive) {
            parts.append("\"\(high.value)\" (\".\" \"0\"{1,16})?")
        }
        return parts.isEmpty ? nil : parts.joined(separator: " | ")
    }

    /// Integers that are not negative.
    private static func magnitudes(_ low: Int, _ high: Int?) -> String {
        let start = digits(low)
        guard let high else {
            if low == 0 { return "\"0\" | [1-9] [0-9]{0,15}" }
            let sameLength = range(start, Array(repeating: 9, count: start.count))
            return start.count > 16 ? sameLength : "\(sameLength) | [1-9] [0-9]{\(start.count),17}"
        }
        let end = digits(high)
        return (start.count...end.count).map { length in
            let from = length == start.count ? start : [1] + Array(repeating: 0, count: length - 1)
            let to = length == end.count ? end : Array(repeating: 9, count: length)
            return range(from, to)
        }.joined(separator: " | ")
    }

    private static func digits(_ value: Int) -> [Int] { String(value).compactMap(\.wholeNumberValue) }

    /// The numbers from one to another of the same length.
    private static func range(_ low: [Int], _ high: [Int]) -> String {
        let common = zip(low, high).prefix { $0 == $1 }.count
        let prefix = common == 0 ? "" : "\"\(low[..<common].map(String.init).joined())\""
        guard common < low.count else { return prefix }
        let (first, last) = (low[common], high[common])
        let (lowRest, highRest) = (Array(low[(common + 1)...]), Array(high[(common + 1)...]))
        var parts: [String] = []
        var (from, to) = (first, last)
        if lowRest.contains(where: { $0 != 0 }) {
            parts.append("\"\(first)\" \(group(range(lowRest, Array(repeating: 9, count: lowRest.count))))")
            from += 1
        }
        let isLastWhole = highRest.allSatisfy { $0 == 9 }
        if !isLastWhole { to -= 1 }
        if from <= to {
            let digit = from == to ? "\"\(from)\"" : "[\(from)-\(to)]"
            parts.append(
                lowRest.isEmpty ? digit : "\(digit) \(GrammarPiece.repeated("[0-9]", lowRest.count, lowRest.count))")
        }
        if !isLastWhole {
            parts.append("\"\(last)\" \(group(range(Array(repeating: 0, count: highRest.count), highRest)))")
        }
        let text = parts.joined(separator: " | ")
        if prefix.isEmpty { return text }
        return parts.count == 1 ? "\(prefix) \(text)" : "\(prefix) (\(text))"
    }

    private static func group(_ text: String) -> String { text.contains("|") ? "(\(text))" : text }
}
