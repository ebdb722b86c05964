/// The members of an object in text order, repeated ones included.
public struct JSONMembers: Sequence, Sendable {
    let view: JSONView

    /// Finds one member a step.
    public struct Iterator: IteratorProtocol, Sendable {
        let document: [UInt8]
        let marks: JSONMarks?
        var position: Int
        let end: Int

        /// The next member, its key as a string view.
        public mutating func next() -> (key: JSONView, value: JSONView)? {
            let place = position
            let found = document.withUnsafeBufferPointer { buffer -> (key: Range<Int>, value: Range<Int>)? in
                guard let base = buffer.baseAddress else { return nil }
                var walk = JSONWalk(resuming: base + place, base + end, base: base, marks: marks)
                return walk.nextMember().map {
                    ($0.key - base..<$0.keyEnd - base, $0.value - base..<$0.valueEnd - base)
                }
            }
            guard let found else { return nil }
            position = found.value.upperBound
            return (
                JSONView(document: document, start: found.key.lowerBound, end: found.key.upperBound, marks: marks),
                JSONView(document: document, start: found.value.lowerBound, end: found.value.upperBound, marks: marks)
            )
        }
    }

    /// An iterator over the members.
    public func makeIterator() -> Iterator {
        let isObject = view.kind == .object
        return Iterator(
            document: view.document, marks: view.marks, position: isObject ? view.start + 1 : view.end, end: view.end)
    }
}

/// The elements of an array in text order.
public struct JSONElements: Sequence, Sendable {
    let view: JSONView

    /// Finds one element a step.
    public struct Iterator: IteratorProtocol, Sendable {
        let document: [UInt8]
        let marks: JSONMarks?
        var position: Int
        let end: Int

        /// The next element.
        public mutating func next() -> JSONView? {
            let place = position
            let found = document.withUnsafeBufferPointer { buffer -> Range<Int>? in
                guard let base = buffer.baseAddress else { return nil }
                var walk = JSONWalk(resuming: base + place, base + end, base: base, marks: marks)
                return walk.nextElement().map { $0.value - base..<$0.valueEnd - base }
            }
            guard let found else { return nil }
            position = found.upperBound
            return JSONView(document: document, start: found.lowerBound, end: found.upperBound, marks: marks)
        }
    }

    /// An iterator over the elements.
    public func makeIterator() -> Iterator {
        let isArray = view.kind == .array
        return Iterator(
            document: view.document, marks: view.marks, position: isArray ? view.start + 1 : view.end, end: view.end)
    }
}

/// Steps through the members or elements of one validated container.
struct JSONWalk {
    struct Member {
        let key: Cursor
        let keyEnd: Cursor
        let value: Cursor
        let valueEnd: Cursor
    }

    struct Element {
        let value: Cursor
        let valueEnd: Cursor
    }

    private var cursor: Cursor
    private let end: Cursor
    private let base: Cursor
    private let marks: JSONMarks?

    /// Begins at an opening bracket.
    /// - Parameter base: the document's first byte, from which `marks` count.
    init(_ container: Cursor, _ end: Cursor, base: Cursor, marks: JSONMarks?) {
        self.init(resuming: container + 1, end, base: base, marks: marks)
    }

    /// Goes on behind the opening bracket, or behind a value.
    init(resuming place: Cursor, _ end: Cursor, base: Cursor, marks: JSONMarks?) {
        cursor = place
        self.end = end
        self.base = base
        self.marks = marks
    }

    @inline(__always)
    mutating func nextMember() -> Member? {
        guard skipSeparator() else { return nil }
        let key = cursor
        let keyEnd = JSONScanner.stringEnd(key, end)
        cursor = keyEnd
        JSONScanner.skipWhitespace(&cursor, end)
        guard cursor < end else { return nil }
        cursor += 1
        JSONScanner.skipWhitespace(&cursor, end)
        guard cursor < end else { return nil }
        let value = cursor
        cursor = valueEnd(value)
        return Member(key: key, keyEnd: keyEnd, value: value, valueEnd: cursor)
    }

    @inline(__always)
    mutating func nextElement() -> Element? {
        guard skipSeparator() else { return nil }
        let value = cursor
        cursor = valueEnd(value)
        return Element(value: value, valueEnd: cursor)
    }

    @inline(__always)
    private func valueEnd(_ value: Cursor) -> Cursor {
        // With this bit set, '[' is '{'.
        if let marks, end - value >= JSONMarks.shortest,
            value.pointee == Byte.quote || value.pointee | 0x20 == Byte.openBrace,
            let noted = marks.end(ofValueAt: value - base)
        {
            return base + noted
        }
        return JSONScanner.valueEnd(value, end)
    }

    /// Moves to the next value or key; false at the closing bracket.
    @inline(__always)
    private mutating func skipSeparator() -> Bool {
        JSONScanner.skipWhitespace(&cursor, end)
        guard cursor < end else { return false }
        if cursor.pointee == Byte.comma {
            cursor += 1
            JSONScanner.skipWhitespace(&cursor, end)
            guard cursor < end else { return false }
        }
        return cursor.pointee != Byte.closeBrace && cursor.pointee != Byte.closeBracket
    }
}
