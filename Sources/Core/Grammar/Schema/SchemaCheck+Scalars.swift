extension SchemaCheck {
    mutating func checkNumber(_ node: SchemaNode, _ value: JSONValue) {
        for bound in node.minimum where !Self.isOrdered(bound.value, value, orEqual: !bound.isExclusive) {
            let words = bound.isExclusive ? "greater than" : "at least"
            report(
                bound.isExclusive ? "exclusiveMinimum" : "minimum", "must be \(words) \(bound.value), found \(value)")
        }
        for bound in node.maximum where !Self.isOrdered(value, bound.value, orEqual: !bound.isExclusive) {
            let words = bound.isExclusive ? "less than" : "at most"
            report(
                bound.isExclusive ? "exclusiveMaximum" : "maximum", "must be \(words) \(bound.value), found \(value)")
        }
        if let divisor = node.multipleOf, !Self.isMultiple(value, of: divisor) {
            report("multipleOf", "must be a multiple of \(divisor), found \(value)")
        }
    }

    mutating func checkString(_ node: SchemaNode, _ value: JSONValue) {
        guard node.minLength != nil || node.maxLength != nil || node.pattern != nil || node.format != nil,
            let string = value.string
        else { return }
        let length = node.minLength == nil && node.maxLength == nil ? 0 : string.unicodeScalars.count
        if let least = node.minLength, length < least {
            report("minLength", "must have at least \(least) characters, found \(length)")
        }
        if let most = node.maxLength, length > most {
            report("maxLength", "must have at most \(most) characters, found \(length)")
        }
        if let pattern = node.pattern?.pattern, !pattern.matches(string) {
            report("pattern", "must match '\(pattern.source)', found \(Self.short(value))")
        }
        if let format = node.format, SchemaFormat.accepts(string, as: format) == false {
            report("format", "must be of the format '\(format)', found \(Self.short(value))")
        }
    }

    /// Whether `left` is less than `right`.
    private static func isOrdered(_ left: JSONValue, _ right: JSONValue, orEqual: Bool) -> Bool {
        if let a = left.int, let b = right.int { return orEqual ? a <= b : a < b }
        let (a, b) = (approximation(left), approximation(right))
        return orEqual ? a <= b : a < b
    }

    private static func isMultiple(_ value: JSONValue, of divisor: JSONValue) -> Bool {
        if let a = value.int, let b = divisor.int, b != 0 { return a % b == 0 }
        // 0.3 is three times 0.1, though not in binary.
        let quotient = approximation(value) / approximation(divisor)
        return quotient.isFinite && abs(quotient - quotient.rounded()) <= 1e-9 * max(1, abs(quotient))
    }

    /// The number as a double; one beyond a double's range is infinite.
    private static func approximation(_ value: JSONValue) -> Double {
        value.double ?? (value.description.hasPrefix("-") ? -.infinity : .infinity)
    }
}
