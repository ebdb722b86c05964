/// The members of an object in text order, repeated ones included.
public struct JSONMembers: Sequence, Sendable {
    let view: JSONView

    /// Finds one member a step.
    public struct Iterator: IteratorProtocol, Sendable {
        let document: [UInt8]
        var position: Int
        let end: Int

        /// The next member, its key as a string view.
        public mutating func next() -> (key: JSONView, value: JSONView)? {
            let place = position
            let found = document.withUnsafeBufferPointer { buffer -> (key: Range<Int>, value: Range<Int>)? in
                guard let base = buffer.baseAddress else { return nil }
                var walk = JSONWalk(resuming: base + place, base + end)
                return walk.nextMember().map {
                    ($0.key - base..<$0.keyEnd - base, $0.value - base..<$0.valueEnd - base)
                }
            }
            guard let found else { return nil }
            position = found.value.upperBound
            return (
                JSONView(document: document, start: found.key.lowerBound, end: found.key.upperBound),
                JSONView(document: document, start: found.value.lowerBound, end: found.value.upperBound)
            )
        }
    }

    /// An iterator over the members.
    public func makeIterator() -> Iterator {
        let isObject = view.kind == .object
        return Iterator(document: view.document, position: isObject ? view.start + 1 : view.end, end: view.end)
    }
}

/// The elements of an array in text order.
public struct JSONElements: Sequence, Sendable {
    let view: JSONView

    /// Finds one element a step.
    public struct Iterator: IteratorProtocol, Sendable {
        let document: [UInt8]
        var position: Int
        let end: Int

        /// The next element.
        public mutating func next() -> JSONView? {
            let place = position
            let found = document.withUnsafeBufferPointer { buffer -> Range<Int>? in
                guard let base = buffer.baseAddress else { return nil }
                var walk = JSONWalk(resuming: base + place, base + end)
                return walk.nextElement().map { $0.value - base..<$0.valueEnd - base }
            }
            guard let found else { return nil }
            position = found.upperBound
            return JSONView(document: document, start: found.lowerBound, end: found.upperBound)
        }
    }

    /// An iterator over the elements.
    public func makeIterator() -> Iterator {
        let isArray = view.kind == .array
        return Iterator(document: view.document, position: isArray ? view.start + 1 : view.end, end: view.end)
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

    /// Begins at an opening bracket.
    init(_ container: Cursor, _ end: Cursor) { self.init(resuming: container + 1, end) }

    /// Goes on behind the opening bracket, or behind a value.
    init(resuming place: Cursor, _ end: Cursor) {
        cursor = place
        self.end = end
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
        cursor = JSONScanner.valueEnd(value, end)
        return Member(key: key, keyEnd: keyEnd, value: value, valueEnd: cursor)
    }

    @inline(__always)
    mutating func nextElement() -> Element? {
        guard skipSeparator() else { return nil }
        let value = cursor
        cursor = JSONScanner.valueEnd(value, end)
        return Element(value: value, valueEnd: cursor)
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
