/// Where the members of all objects within a value stand, noted in one pass over its text: written in another order than that
/// of the text, an object would otherwise have to be read once for every object around it.
///
/// An object that is not empty has an entry, followed by those of its members in text order, each followed by what there is
/// of objects in the member's value.
struct CanonicalIndex {
    private struct Entry {
        /// A member: where its key begins. An object: where it ends. Both counted from the beginning of the value.
        var offset: UInt32
        /// A member: the entry of the next one. An object, and its last member: the entry behind.
        var next: UInt32
    }

    private var entries: [Entry] = []

    private struct Open {
        /// Nil for an array.
        let object: Int?
        var lastMember: Int?
        var expectsKey: Bool
    }

    /// - Parameters:
    ///   - start: the first byte of a value that is shorter than 4 GiB.
    ///   - end: behind the value.
    init(_ start: Cursor, _ end: Cursor) {
        var cursor = start
        var open: [Open] = []
        // The text is valid: what stands between two values tells nothing.
        while cursor < end {
            switch cursor.pointee {
            case Byte.quote:
                if let last = open.indices.last, open[last].object != nil {
                    if open[last].expectsKey { append(member: cursor - start, of: &open[last]) }
                    open[last].expectsKey.toggle()
                }
                cursor = JSONScanner.stringEnd(cursor, end)
            case Byte.openBrace:
                Self.beginValue(&open)
                if Self.skipEmptyObject(&cursor, end) { break }
                open.append(Open(object: entries.count, expectsKey: true))
                entries.append(Entry(offset: 0, next: 0))
                cursor += 1
            case Byte.openBracket:
                Self.beginValue(&open)
                open.append(Open(object: nil, expectsKey: false))
                cursor += 1
            case Byte.closeBrace, Byte.closeBracket:
                cursor += 1
                if let closed = open.popLast() { close(closed, at: cursor - start) }
            case 0...Byte.space, Byte.comma, Byte.colon:
                cursor += 1
            default:
                Self.beginValue(&open)
                cursor = JSONScanner.wordEnd(cursor, end)
            }
        }
    }

    /// Where the object ends.
    @inline(__always)
    func end(ofObject entry: Int) -> Int { Int(entries[entry].offset) }

    /// The entry of what comes behind the object.
    @inline(__always)
    func entry(behindObject entry: Int) -> Int { Int(entries[entry].next) }

    /// Where the member's key begins.
    @inline(__always)
    func key(ofMember entry: Int) -> Int { Int(entries[entry].offset) }

    /// The object's members in text order.
    @inline(__always)
    func appendMembers(ofObject entry: Int, to members: inout [UInt32]) {
        let end = entries[entry].next
        var member = UInt32(truncatingIfNeeded: entry + 1)
        while member < end {
            members.append(member)
            member = entries[Int(member)].next
        }
    }

    /// Moves behind an object without members; false, and nowhere, if it has some.
    @inline(__always)
    static func skipEmptyObject(_ cursor: inout Cursor, _ end: Cursor) -> Bool {
        var place = cursor + 1
        JSONScanner.skipWhitespace(&place, end)
        guard place < end, place.pointee == Byte.closeBrace else { return false }
        cursor = place + 1
        return true
    }

    /// Moves from behind a key to its value.
    @inline(__always)
    static func skipColon(_ cursor: inout Cursor, _ end: Cursor) {
        JSONScanner.skipWhitespace(&cursor, end)
        if cursor < end { cursor += 1 }
        JSONScanner.skipWhitespace(&cursor, end)
    }

    @inline(__always)
    private static func beginValue(_ open: inout [Open]) {
        if let last = open.indices.last, open[last].object != nil { open[last].expectsKey = true }
    }

    private mutating func append(member offset: Int, of object: inout Open) {
        let entry = UInt32(truncatingIfNeeded: entries.count)
        if let last = object.lastMember { entries[last].next = entry }
        object.lastMember = entries.count
        entries.append(Entry(offset: UInt32(truncatingIfNeeded: offset), next: 0))
    }

    private mutating func close(_ container: Open, at end: Int) {
        guard let object = container.object else { return }
        let behind = UInt32(truncatingIfNeeded: entries.count)
        entries[object] = Entry(offset: UInt32(truncatingIfNeeded: end), next: behind)
        if let last = container.lastMember { entries[last].next = behind }
    }
}
