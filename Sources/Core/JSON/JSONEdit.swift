/// A change of one member of an object.
public enum JSONEdit: Sendable {
    /// Gives the member this value, which is JSON text and goes in as it is.
    case set(String, [UInt8])
    /// Takes the member out.
    case remove(String)

    var key: String {
        switch self {
        case .set(let key, _), .remove(let key): key
        }
    }

    var value: [UInt8]? {
        if case .set(_, let value) = self { value } else { nil }
    }
}

extension JSONView {
    /// A copy of this object's text in which only the named members differ.
    ///
    /// A `set` replaces the last member of that name in place, takes out earlier ones, and otherwise appends; a `remove`
    /// takes out all of that name. However the key is escaped in the text, it counts as that name. When several edits
    /// name one key, the last counts. The whitespace around a document's outermost object is kept; text that is no object
    /// comes back as it is.
    public func editing(_ edits: [JSONEdit]) -> [UInt8] {
        let outer = outermostRange
        guard kind == .object else { return Array(document[outer]) }
        let names = EditNames(edits)
        return document.withUnsafeBufferPointer { buffer in
            let changes = EditWalk(buffer, object: start..<end, marks: marks, edits: edits, names: names).changes()
            return Self.apply(changes, to: buffer, outer)
        }
    }

    /// The value's range, or the whole document when only whitespace surrounds it.
    private var outermostRange: Range<Int> {
        // Within a document there is always a bracket before a value.
        let isOutermost = document[..<start].allSatisfy { $0 <= Byte.space }
        return isOutermost ? 0..<document.count : range
    }

    private static func apply(
        _ changes: [EditWalk.Change], to buffer: UnsafeBufferPointer<UInt8>, _ range: Range<Int>
    ) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(changes.reduce(range.count) { $0 - $1.range.count + $1.text.count })
        var copied = range.lowerBound
        for change in changes {
            result.append(contentsOf: UnsafeBufferPointer(rebasing: buffer[copied..<change.range.lowerBound]))
            result.append(contentsOf: change.text)
            copied = change.range.upperBound
        }
        result.append(contentsOf: UnsafeBufferPointer(rebasing: buffer[copied..<range.upperBound]))
        return result
    }
}

/// Finds the edit that a key in the text belongs to.
private struct EditNames {
    private let names: [(bytes: [UInt8], edit: Int)]
    /// For more names than are worth comparing one by one.
    private let table: [[UInt8]: Int]?
    /// The indices of the edits that count, in order.
    let counting: [Int]

    init(_ edits: [JSONEdit]) {
        var table: [[UInt8]: Int] = [:]
        for (index, edit) in edits.enumerated() { table[Array(edit.key.utf8)] = index }
        counting = table.values.sorted()
        names = counting.map { (Array(edits[$0].key.utf8), $0) }
        self.table = names.count > 8 ? table : nil
    }

    @inline(__always)
    func edit(_ key: Cursor, _ end: Cursor) -> Int? {
        if let table {
            let content = UnsafeBufferPointer(start: key + 1, count: end - key - 2)
            if JSONScanner.firstBackslash(key, end) == end { return table[Array(content)] }
            return table[Array(JSONString.decode(content).utf8)]
        }
        for name in names where name.bytes.withUnsafeBufferPointer({ JSONString.equals(key, end, $0) }) {
            return name.edit
        }
        return nil
    }
}

/// Walks over an object once and says what to change.
private struct EditWalk {
    /// Text to put in the place of a range.
    struct Change {
        let range: Range<Int>
        let text: [UInt8]
    }

    private struct Match {
        let edit: Int
        let key: Int
        let value: Range<Int>
        /// The end of the member before, if there is one.
        let previous: Int?
        /// The key of the member behind, if there is one.
        var next: Int?
    }

    private let edits: [JSONEdit]
    private let names: EditNames
    private let object: Range<Int>
    private var matches: [Match] = []
    /// For each edit, which of `matches` is the last one.
    private var last: [Int: Int] = [:]
    /// The end of the last member.
    private var membersEnd: Int?

    init(
        _ buffer: UnsafeBufferPointer<UInt8>, object: Range<Int>, marks: JSONMarks?, edits: [JSONEdit], names: EditNames
    ) {
        self.edits = edits
        self.names = names
        self.object = object
        guard let base = buffer.baseAddress else { return }
        var walk = JSONWalk(base + object.lowerBound, base + object.upperBound, base: base, marks: marks)
        var matchedBefore = false
        while let member = walk.nextMember() {
            let key = member.key - base
            if matchedBefore { matches[matches.count - 1].next = key }
            let edit = names.edit(member.key, member.keyEnd)
            matchedBefore = edit != nil
            if let edit {
                last[edit] = matches.count
                let value = member.value - base..<member.valueEnd - base
                matches.append(Match(edit: edit, key: key, value: value, previous: membersEnd))
            }
            membersEnd = member.valueEnd - base
        }
    }

    /// The changes in text order.
    func changes() -> [Change] {
        var changes: [Change] = []
        /// Behind which member new ones go: the last that stays.
        var kept = membersEnd
        var index = 0
        while index < matches.count {
            let first = matches[index]
            if let value = replacement(index) {
                changes.append(Change(range: first.value, text: value))
                index += 1
                continue
            }
            // Neighbours go together, with the commas that would be left over.
            var match = first
            index += 1
            while index < matches.count, match.next == matches[index].key, replacement(index) == nil {
                match = matches[index]
                index += 1
            }
            if let next = match.next {
                changes.append(Change(range: first.key..<next, text: []))
            } else {
                changes.append(Change(range: (first.previous ?? first.key)..<match.value.upperBound, text: []))
                kept = first.previous
            }
        }
        if let added = addition(isFirst: kept == nil) {
            let place = kept ?? object.lowerBound + 1
            let change = Change(range: place..<place, text: added)
            // What follows the last member that stays is cut off behind it; an emptied object's text after its bracket.
            let position = changes.firstIndex { $0.range.lowerBound >= place && !$0.range.isEmpty } ?? changes.count
            changes.insert(change, at: position)
        }
        return changes
    }

    /// The new value of the member of a match if it stays.
    private func replacement(_ match: Int) -> [UInt8]? {
        let edit = matches[match].edit
        return last[edit] == match ? edits[edit].value : nil
    }

    /// The members that no member of the text makes place for.
    private func addition(isFirst: Bool) -> [UInt8]? {
        var text: [UInt8] = []
        for edit in names.counting where last[edit] == nil {
            guard case .set(let key, let value) = edits[edit] else { continue }
            if !isFirst || !text.isEmpty { text.append(Byte.comma) }
            JSONText.append(key, to: &text)
            text.append(Byte.colon)
            text.append(contentsOf: value)
        }
        return text.isEmpty ? nil : text
    }
}
