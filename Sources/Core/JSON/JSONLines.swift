/// The lines of a string as it is written, escapes and all: whoever keeps some of them and leaves others out keeps their bytes.
struct JSONLines: Sequence {
    /// A line, as a range of the document's bytes.
    struct Line {
        /// Without what ends it.
        let text: Range<Int>
        /// Behind what ends it.
        let end: Int
    }

    private let string: JSONView

    /// The lines of a string; none of another value.
    init(_ string: JSONView) { self.string = string }

    struct Iterator: IteratorProtocol {
        let document: [UInt8]
        /// The start of the next line; nil behind the last one.
        var position: Int?
        let end: Int

        mutating func next() -> Line? {
            guard let start = position else { return nil }
            let line = document.withUnsafeBufferPointer { buffer -> Line? in
                guard let base = buffer.baseAddress else { return nil }
                let (text, next) = Self.line(base + start, base + end)
                return Line(text: start..<text - base, end: next - base)
            }
            guard let line else { return nil }
            position = line.end == line.text.upperBound ? nil : line.end
            return line
        }

        /// Where the text of a line ends, and what ends it; both are the end where nothing does.
        private static func line(_ start: Cursor, _ end: Cursor) -> (text: Cursor, next: Cursor) {
            var place = start
            var carriageReturn: Cursor?
            while true {
                place = JSONScanner.firstBackslash(place, end)
                guard end - place >= 2 else { return (end, end) }
                let length = place[1] == 0x75 ? 6 : 2
                guard end - place >= length else { return (end, end) }
                if place[1] == 0x6E || length == 6 && isLineFeed(place) {
                    return (carriageReturn.map { $0 + 2 == place ? $0 : place } ?? place, place + length)
                }
                if place[1] == 0x72 { carriageReturn = place }
                place += length
            }
        }

        /// Whether an escape of six bytes is `\u000a`.
        private static func isLineFeed(_ escape: Cursor) -> Bool {
            escape[2] == 0x30 && escape[3] == 0x30 && escape[4] == 0x30 && escape[5] | 0x20 == 0x61
        }
    }

    func makeIterator() -> Iterator {
        let isString = string.kind == .string
        return Iterator(document: string.document, position: isString ? string.start + 1 : nil, end: string.end - 1)
    }
}
