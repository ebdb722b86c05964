/// How ranges and times are written.
enum RoutingWords {
    /// `over 8000`, `under 2000`, or `2000-8000` with both ends.
    static func tokens(_ text: String) -> ClosedRange<Int>? {
        if let number = text.number(behind: "over"), let least = Int(number), least >= 0, least < .max {
            return least + 1...Int.max
        }
        if let number = text.number(behind: "under"), let most = Int(number), most > 0 { return 0...most - 1 }
        return range(text) { Int($0) }
    }

    /// `over 0.5`, `under 0.9`, or `0.2-0.8`: a part of the slots.
    static func load(_ text: String) -> ClosedRange<Double>? {
        func part(_ text: Substring) -> Double? { Double(text).flatMap { (0...1).contains($0) ? $0 : nil } }
        if let least = text.number(behind: "over").flatMap(part) { return least.nextUp...Double.infinity }
        if let most = text.number(behind: "under").flatMap(part), most > 0 { return 0...most.nextDown }
        return range(text, part)
    }

    private static func range<Bound>(_ text: String, _ bound: (Substring) -> Bound?) -> ClosedRange<Bound>? {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2, let first = bound(ends[0]), let last = bound(ends[1]), first <= last else { return nil }
        return first...last
    }

    /// `coder`, or `coder>0.7` with the least score.
    static func demand(_ text: String) -> (Demand.Kind, Double)? {
        let parts = text.split(separator: ">", omittingEmptySubsequences: false)
        guard let kind = Demand.Kind(rawValue: String(parts[0])), parts.count <= 2 else { return nil }
        guard parts.count == 2 else { return (kind, usualScore) }
        return Double(parts[1]).flatMap { (0...1).contains($0) ? (kind, $0) : nil }
    }

    /// The least score of a demand that is named without one.
    private static let usualScore = 0.5

    /// `8:00-18:30`, or `22-6` over midnight: minutes since midnight, the end not included.
    static func span(_ text: String) -> (from: Int, to: Int)? {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2, let from = minute(ends[0]), let to = minute(ends[1]), from != to,
            from < RoutingConditions.minutesOfDay
        else { return nil }
        return (from, from < to ? to : to + RoutingConditions.minutesOfDay)
    }

    private static func minute(_ text: Substring) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count <= 2, let hour = Int(parts[0]), (0...24).contains(hour) else { return nil }
        let minutes = parts.count == 2 ? parts[1].count == 2 ? Int(parts[1]) : nil : 0
        guard let minutes, (0..<60).contains(minutes), hour < 24 || minutes == 0 else { return nil }
        return hour * 60 + minutes
    }

    /// `mon`, or `mon-fri`.
    static func days(_ text: String) -> [Int]? {
        let ends = text.lowercased().split(separator: "-", omittingEmptySubsequences: false)
        let places = ends.compactMap { dayNames.firstIndex(of: String($0)) }
        guard places.count == ends.count, places.count <= 2, let first = places.first, let last = places.last else {
            return nil
        }
        return (first...(first <= last ? last : last + 7)).map { $0 % 7 + 1 }
    }

    static let dayNames = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

    static func yesOrNo(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "true", "yes", "on": true
        case "false", "no", "off": false
        default: nil
        }
    }
}

extension String {
    /// What stands behind a word and white space.
    fileprivate func number(behind word: String) -> Substring? {
        guard hasPrefix(word + " ") else { return nil }
        return dropFirst(word.count).drop { $0 == " " }
    }
}
