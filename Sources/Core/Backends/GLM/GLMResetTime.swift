/// The time at which a quota is restored, as the gateway writes it into its message: `YYYY-MM-DD HH:MM:SS` in Beijing.
enum GLMResetTime {
    /// The first such time in a text, in both clocks.
    static func first(in text: String) -> String? {
        let bytes = Array(text.utf8)
        guard bytes.count >= pattern.count else { return nil }
        for start in 0...bytes.count - pattern.count {
            let window = bytes[start..<start + pattern.count]
            guard zip(window, pattern).allSatisfy({ matches($0, $1) }) else { continue }
            let number = { (range: Range<Int>) in
                window[start + range.lowerBound..<start + range.upperBound].reduce(0) { $0 * 10 + Int($1 & 0x0F) }
            }
            let day = Day(year: number(0..<4), month: number(5..<7), day: number(8..<10))
            let clock = String(decoding: window.suffix(8), as: UTF8.self)
            let hour = number(11..<13)
            guard 1...12 ~= day.month, 1...31 ~= day.day, hour < 24 else { continue }
            let universal = hour < beijing ? day.before : day
            let universalHour = (hour + 24 - beijing) % 24
            let universalClock = pad(universalHour) + clock.dropFirst(2)
            return "\(universal) \(universalClock) UTC (\(day) \(clock) in Beijing)"
        }
        return nil
    }

    /// Hours ahead of UTC, all year.
    private static let beijing = 8
    private static let pattern = Array("0000-00-00 00:00:00".utf8)

    private static func matches(_ byte: UInt8, _ pattern: UInt8) -> Bool {
        pattern == UInt8(ascii: "0") ? UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte : byte == pattern
    }

    fileprivate static func pad(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
}

private struct Day: CustomStringConvertible {
    var year: Int
    var month: Int
    var day: Int

    var before: Day {
        if day > 1 { return Day(year: year, month: month, day: day - 1) }
        if month == 1 { return Day(year: year - 1, month: 12, day: 31) }
        return Day(year: year, month: month - 1, day: Self.length(of: month - 1, in: year))
    }

    var description: String { "\(year)-\(GLMResetTime.pad(month))-\(GLMResetTime.pad(day))" }

    private static func length(of month: Int, in year: Int) -> Int {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
    }
}
