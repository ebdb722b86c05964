/// The order of an object's members: by the UTF-16 code units of their names (RFC 8785, 3.2.3).
enum CanonicalKey {
    /// Sorts the members from `first` on and leaves of those with the same name the last one.
    static func sort(_ members: inout [UInt32], from first: Int, of index: CanonicalIndex, _ start: Cursor) {
        @inline(__always) func key(_ member: UInt32) -> Cursor { start + index.key(ofMember: Int(member)) }
        // Most objects in use have their members in order, or few.
        var sorted = first + 1
        while sorted < members.count, compare(key(members[sorted - 1]), key(members[sorted])) < 0 { sorted += 1 }
        guard sorted < members.count else { return }
        if members.count - first <= 16 {
            for place in sorted..<members.count {
                let member = members[place]
                var target = place
                while target > first, compare(key(members[target - 1]), key(member)) > 0 {
                    members[target] = members[target - 1]
                    target -= 1
                }
                members[target] = member
            }
        } else {
            members[first...].sort { one, other in
                let order = compare(key(one), key(other))
                return order == 0 ? one < other : order < 0
            }
        }
        var kept = first
        for place in first + 1..<members.count {
            if compare(key(members[kept]), key(members[place])) != 0 { kept += 1 }
            members[kept] = members[place]
        }
        members.removeLast(members.count - kept - 1)
    }

    /// Compares two strings by the UTF-16 code units they denote: negative, zero or positive.
    /// - Parameters:
    ///   - one: the opening quote of a validated string, whose closing one ends the reading.
    ///   - other: the same.
    static func compare(_ one: Cursor, _ other: Cursor) -> Int {
        var index = 1
        while true {
            let a = one[index]
            let b = other[index]
            if a == Byte.backslash || b == Byte.backslash { return compareUnits(one + index, other + index) }
            if a != b { return isBefore(a, b) ? -1 : 1 }
            if a == Byte.quote { return 0 }
            index += 1
        }
    }

    /// Compares the first bytes that differ. UTF-8 sorts as UTF-16 does but for one thing: what takes two units there, and
    /// begins with 0xF0 or more here, comes before U+E000 to U+FFFF, which begin with 0xEE and 0xEF.
    @inline(__always)
    private static func isBefore(_ a: UInt8, _ b: UInt8) -> Bool {
        if a == Byte.quote || b == Byte.quote { return a == Byte.quote }
        if a >= 0xEE, b >= 0xEE, (a >= 0xF0) != (b >= 0xF0) { return a >= 0xF0 }
        return a < b
    }

    private static func compareUnits(_ one: Cursor, _ other: Cursor) -> Int {
        var one = CodeUnits(one)
        var other = CodeUnits(other)
        while true {
            let a = one.next()
            let b = other.next()
            guard let a, let b else { return a == nil && b == nil ? 0 : a == nil ? -1 : 1 }
            if a != b { return a < b ? -1 : 1 }
        }
    }

    /// The UTF-16 code units of a validated string up to its closing quote.
    private struct CodeUnits {
        private var cursor: Cursor
        private var low: UInt32?

        init(_ start: Cursor) { cursor = start }

        mutating func next() -> UInt32? {
            if let unit = low {
                low = nil
                return unit
            }
            let first = UInt32(cursor.pointee)
            switch first {
            case UInt32(Byte.quote): return nil
            case UInt32(Byte.backslash): return CanonicalString.escapedUnit(&cursor)
            case 0..<0x80:
                cursor += 1
                return first
            case 0..<0xE0:
                defer { cursor += 2 }
                return (first & 0x1F) << 6 | bits(1)
            case 0..<0xF0:
                defer { cursor += 3 }
                return (first & 0x0F) << 12 | bits(1) << 6 | bits(2)
            default:
                defer { cursor += 4 }
                let scalar = ((first & 0x07) << 18 | bits(1) << 12 | bits(2) << 6 | bits(3)) - 0x10000
                low = 0xDC00 + scalar & 0x3FF
                return 0xD800 + scalar >> 10
            }
        }

        private func bits(_ index: Int) -> UInt32 { UInt32(cursor[index] & 0x3F) }
    }
}
