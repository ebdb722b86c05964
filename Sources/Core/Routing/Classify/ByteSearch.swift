/// Finds texts in bytes, sixteen at a time.
enum ByteSearch {
    /// Where a text stands for the first time.
    /// - Parameter range: where to look: the text lies wholly in it.
    static func first(_ text: String, in bytes: [UInt8], _ range: Range<Int>) -> Int? {
        var text = text
        return text.withUTF8 { needle in
            bytes.withUnsafeBufferPointer { buffer in first(needle, in: buffer, range) }
        }
    }

    private static func first(
        _ needle: UnsafeBufferPointer<UInt8>, in bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>
    ) -> Int? {
        let length = needle.count
        guard length > 0, range.count >= length, let base = bytes.baseAddress else { return nil }
        let end = base + range.upperBound - length
        var place = base + range.lowerBound
        while place <= end {
            place = firstPair(needle[0], needle[length - 1], distance: length - 1, place, end)
            guard place <= end else { return nil }
            var index = 1
            while index < length, place[index] == needle[index] { index += 1 }
            if index == length { return place - base }
            place += 1
        }
        return nil
    }

    /// The first place of one byte with another at a distance behind it; behind `end` when there is none.
    /// - Parameter end: the last place that counts.
    private static func firstPair(
        _ first: UInt8, _ last: UInt8, distance: Int, _ start: Cursor, _ end: Cursor
    ) -> Cursor {
        var place = start
        let firsts = SIMD16<UInt8>(repeating: first)
        let lasts = SIMD16<UInt8>(repeating: last)
        while end - place >= 15 {
            let one: SIMD16<UInt8> = load(place)
            let other: SIMD16<UInt8> = load(place + distance)
            let both: SIMDMask<SIMD16<Int8>> = (one .== firsts) .& (other .== lasts)
            let words = unsafeBitCast(both, to: SIMD2<UInt64>.self)
            if words[0] | words[1] != 0 {
                let low = UInt64(littleEndian: words[0])
                let index =
                    low != 0
                    ? low.trailingZeroBitCount >> 3 : 8 + UInt64(littleEndian: words[1]).trailingZeroBitCount >> 3
                return place + index
            }
            place += 16
        }
        while place <= end, place[0] != first || place[distance] != last { place += 1 }
        return place
    }

    @inline(__always)
    private static func load(_ place: Cursor) -> SIMD16<UInt8> {
        UnsafeRawPointer(place).loadUnaligned(as: SIMD16<UInt8>.self)
    }
}
