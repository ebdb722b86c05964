/// A part of a text that stands for itself: a function, a type, a section.
struct SourceChunk: Equatable {
    /// Line numbers from 1, the last one included; neither is blank.
    var lines: ClosedRange<Int>
    /// The bytes of the lines.
    var bytes: Range<Int>
    /// The bytes of the lines in it that begin a definition.
    var definitions: [Range<Int>]

    /// The most lines of a chunk.
    static let longest = 60
    /// The most bytes, but for a single line.
    static let mostBytes = 6_000

    /// Cuts a text before definitions, and at blank lines where there are none.
    static func chunks(of text: [UInt8], isMarkup: Bool = false) -> [SourceChunk] {
        let lines = SourceLines(text, isMarkup: isMarkup).lines
        let borders = borders(of: lines)
        var chunks: [SourceChunk] = []
        var start = 0
        while start < lines.count {
            let end = end(from: start, lines, borders)
            if let chunk = chunk(lines, start..<end) { chunks.append(chunk) }
            start = end
        }
        return chunks
    }

    /// How good it is to cut before a line.
    private enum Border: Int, Comparable {
        case none, blank, inner, member, outer

        static func < (left: Border, right: Border) -> Bool { left.rawValue < right.rawValue }

        /// How many lines a chunk must have for it to end here although it could be longer.
        var least: Int {
            switch self {
            case .outer: 5
            case .member: 12
            case .inner: 30
            case .blank: 40
            case .none: .max
            }
        }
    }

    private static func borders(of lines: [SourceLines.Line]) -> [Border] {
        var borders = [Border](repeating: .none, count: lines.count)
        for (index, line) in lines.enumerated() where index > 0 {
            if lines[index - 1].kind == .blank, line.kind != .blank { borders[index] = max(borders[index], .blank) }
            guard line.kind == .definition else { continue }
            var first = index
            while first > 0, lines[first - 1].kind == .attached { first -= 1 }
            borders[first] = line.indent == 0 ? .outer : line.indent <= 4 ? .member : .inner
        }
        return borders
    }

    /// Where the chunk that begins at a line ends: behind its last line.
    private static func end(from start: Int, _ lines: [SourceLines.Line], _ borders: [Border]) -> Int {
        var best = start + 1
        var index = start + 1
        while index < lines.count {
            let isFull =
                index - start >= longest || lines[index].bytes.upperBound - lines[start].bytes.lowerBound > mostBytes
            if isFull { return borders[best] == .none ? index : best }
            if index - start >= borders[index].least { return index }
            // Where nothing better comes: the best place in the second half.
            if borders[index] >= borders[best] || index - start < longest / 3 { best = index }
            index += 1
        }
        return lines.count
    }

    /// The lines without blank ones at both ends; nil where nothing is left.
    private static func chunk(_ lines: [SourceLines.Line], _ range: Range<Int>) -> SourceChunk? {
        let shown = range.filter { lines[$0].kind != .blank }
        guard let first = shown.first, let last = shown.last else { return nil }
        return SourceChunk(
            lines: (first + 1)...(last + 1),
            bytes: lines[first].bytes.lowerBound..<lines[last].bytes.upperBound,
            definitions: shown.filter { lines[$0].kind == .definition }.map { lines[$0].bytes })
    }
}
