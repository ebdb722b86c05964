import LocalCodeCore

/// Numbers as people read them.
enum HumanText {
    /// How long ago, in the largest unit: `12s`, `5m`, `3h`, `17d`, `2y`.
    static func age(_ seconds: Double) -> String {
        let whole = seconds.isFinite ? max(0, min(seconds, 1e12)) : 0
        switch whole {
        case ..<60: return "\(Int(whole))s"
        case ..<3600: return "\(Int(whole / 60))m"
        case ..<86_400: return "\(Int(whole / 3600))h"
        case ..<(365 * 86_400): return "\(Int(whole / 86_400))d"
        default: return "\(Int(whole / (365 * 86_400)))y"
        }
    }

    /// How long something takes: `0 s`, `0.04 s`, `7.3 s`, `3m 20s`, `2h 05m`.
    static func seconds(_ seconds: Double) -> String {
        let value = seconds.isFinite ? max(0, min(seconds, 1e12)) : 0
        if value < 0.005 { return "0 s" }
        if value < 0.995 { return "\(decimals(value, 2)) s" }
        if value < 59.95 { return "\(decimals(value, 1)) s" }
        let whole = Int(value.rounded())
        if whole < 3600 { return "\(whole / 60)m \(twoDigits(whole % 60))s" }
        return "\(whole / 3600)h \(twoDigits(whole % 3600 / 60))m"
    }

    /// `1 state`, `7 states`.
    static func count(_ number: Int, _ thing: String, _ things: String? = nil) -> String {
        "\(grouped(number)) \(number == 1 ? thing : things ?? thing + "s")"
    }

    /// With commas between thousands: `12,345`.
    static func grouped(_ number: Int) -> String {
        let digits = String(number.magnitude)
        var text = ""
        for (place, digit) in digits.enumerated() {
            if place > 0, (digits.count - place).isMultiple(of: 3) { text.append(",") }
            text.append(digit)
        }
        return number < 0 ? "-\(text)" : text
    }

    /// A part of a whole: `37 %`.
    static func percent(_ part: Double, of whole: Double) -> String {
        guard whole > 0, part.isFinite, whole.isFinite else { return "-" }
        return "\(Int((max(0, part) / whole * 100).rounded())) %"
    }

    /// A number with so many digits behind its point; none for a whole one.
    static func decimals(_ number: Double, _ digits: Int) -> String {
        let factor = (0..<digits).reduce(1.0) { product, _ in product * 10 }
        let scaled = Int((number * factor).rounded())
        let (whole, rest) = scaled.quotientAndRemainder(dividingBy: Int(factor))
        guard rest != 0 else { return String(whole) }
        var behind = String(rest)
        behind = String(repeating: "0", count: digits - behind.count) + behind
        while behind.last == "0" { behind.removeLast() }
        return "\(whole).\(behind)"
    }

    private static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
