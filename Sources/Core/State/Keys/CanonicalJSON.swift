/// JSON in the canonical form of RFC 8785: whatever the order of members, the whitespace and the spelling of strings and
/// numbers, the same value has the same bytes.
///
/// Where the RFC wants an error, the form is still defined, so that every valid text has one:
/// - Of members with the same name the last one counts.
/// - Half a surrogate pair is written as the escape `\udXXX` in lower case, as ECMAScript does.
/// - A number beyond a double's range (`1e400`), or of more than 1100 bytes, stands as it is spelled.
/// - A value of 4 GiB or more stands as it is spelled.
public enum CanonicalJSON {
    /// Writes a value's canonical form. Besides the text it takes 8 bytes for each member of the value's objects, and 4 for
    /// each member of the objects that are open at a time; no recursion.
    public static func write<Sink: ByteSink>(_ view: JSONView, to sink: inout Sink) {
        view.document.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            write(base + view.start, base + view.end, to: &sink)
        }
    }

    /// A value's canonical form.
    public static func bytes(of view: JSONView) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(view.range.count)
        write(view, to: &bytes)
        return bytes
    }

    /// - Parameters:
    ///   - start: the value's first byte.
    ///   - end: behind the value.
    static func write<Sink: ByteSink>(_ start: Cursor, _ end: Cursor, to sink: inout Sink) {
        switch start.pointee {
        case Byte.quote:
            CanonicalString.write(start, end, to: &sink)
        case Byte.openBrace, Byte.openBracket:
            guard end - start <= UInt32.max else { return sink.write(start, end) }
            var writer = CanonicalWriter(start, end)
            writer.write(to: &sink)
        default:
            CanonicalNumber.write(start, end, to: &sink)
        }
    }
}

/// Writes an array or object in its order, with those of its objects sorted.
private struct CanonicalWriter {
    /// A container whose end has not been written.
    private struct Open {
        /// An object's place in the index; nil for an array.
        let object: Int?
        /// Where its members stand in `order`.
        let members: Int
        /// The next of its members to write, a place in `order`.
        var next: Int
    }

    private let start: Cursor
    private let end: Cursor
    private let index: CanonicalIndex
    /// The members of the open objects, each object's sorted: places in the index.
    private var order: [UInt32] = []
    private var open: [Open] = []
    /// Where the text is read next; within an object its members say it.
    private var cursor: Cursor
    /// The index's entry of the next object.
    private var place = 0

    init(_ start: Cursor, _ end: Cursor) {
        self.start = start
        self.end = end
        index = CanonicalIndex(start, end)
        cursor = start
    }

    mutating func write<Sink: ByteSink>(to sink: inout Sink) {
        repeat { writeValue(to: &sink) } while moveToNextValue(&sink)
    }

    /// Writes the value at the cursor, of a container only what stands before its first value.
    @inline(__always)
    private mutating func writeValue<Sink: ByteSink>(to sink: inout Sink) {
        guard cursor < end else { return }
        let first = cursor
        switch first.pointee {
        case Byte.quote:
            cursor = JSONScanner.stringEnd(first, end)
            CanonicalString.write(first, cursor, to: &sink)
        case Byte.openBrace:
            enterObject(&sink)
        case Byte.openBracket:
            sink.write("[")
            open.append(Open(object: nil, members: order.count, next: 0))
            cursor += 1
        default:
            cursor = JSONScanner.wordEnd(first, end)
            CanonicalNumber.write(first, cursor, to: &sink)
        }
    }

    private mutating func enterObject<Sink: ByteSink>(_ sink: inout Sink) {
        guard !CanonicalIndex.skipEmptyObject(&cursor, end) else { return sink.write("{}") }
        sink.write("{")
        let members = order.count
        index.appendMembers(ofObject: place, to: &order)
        CanonicalKey.sort(&order, from: members, of: index, start)
        open.append(Open(object: place, members: members, next: members))
    }

    /// Closes what ends here and moves to the next value; false when there is none.
    @inline(__always)
    private mutating func moveToNextValue<Sink: ByteSink>(_ sink: inout Sink) -> Bool {
        while let last = open.last {
            if let object = last.object {
                if last.next < order.count {
                    moveToMember(last, &sink)
                    return true
                }
                sink.write("}")
                cursor = start + index.end(ofObject: object)
                place = index.entry(behindObject: object)
                order.removeLast(order.count - last.members)
            } else {
                JSONScanner.skipWhitespace(&cursor, end)
                guard cursor < end else { return false }
                if cursor.pointee != Byte.closeBracket {
                    if cursor.pointee == Byte.comma {
                        sink.write(",")
                        cursor += 1
                        JSONScanner.skipWhitespace(&cursor, end)
                    }
                    return cursor < end
                }
                sink.write("]")
                cursor += 1
            }
            open.removeLast()
        }
        return false
    }

    @inline(__always)
    private mutating func moveToMember<Sink: ByteSink>(_ object: Open, _ sink: inout Sink) {
        if object.next > object.members { sink.write(",") }
        let member = Int(order[object.next])
        let key = start + index.key(ofMember: member)
        cursor = JSONScanner.stringEnd(key, end)
        CanonicalString.write(key, cursor, to: &sink)
        sink.write(":")
        CanonicalIndex.skipColon(&cursor, end)
        place = member + 1
        open[open.count - 1].next += 1
    }
}
