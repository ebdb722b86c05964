// Compiled together with the JSON room into one program by scripts/fuzz; not part of the package.

/// Ends the run with libFuzzer's report when something that must hold does not.
private func expect(_ condition: Bool, _ what: StaticString) {
    precondition(condition, "\(what)")
}

/// libFuzzer's entry point: the bytes are a document, whatever they are.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let text = Array(UnsafeBufferPointer(start: start, count: count))
    let view: JSONView
    do {
        view = try JSONView(validating: text)
    } catch {
        expect((0...text.count).contains(error.offset), "an error lies within the text")
        expect(error.line >= 1 && error.column >= 1 && !error.description.isEmpty, "an error has a place")
        return 0
    }
    expect(String(validating: text, as: UTF8.self) != nil, "a document is UTF-8")
    expect(countValues(view) == countValues(JSONValue(view), repeated: repeatedMembers(view)), "the tree is the view")
    roundTrip(view)
    edit(view)
    return 0
}

/// Visits everything below the view.
private func countValues(_ view: JSONView) -> Int {
    var count = 0
    var open = [view]
    while let view = open.popLast() {
        count += 1
        expect(view.range.lowerBound < view.range.upperBound, "a value has text")
        switch view.kind {
        case .null: expect(view.isNull, "null is null")
        case .bool: expect(view.bool != nil, "a bool has a value")
        case .number:
            if let int = view.int, let double = view.double { expect(Double(int) == double, "both numbers agree") }
        case .string:
            guard let string = view.string else { preconditionFailure("a string has content") }
            expect(view.equals(string) && !view.equals(string + "x"), "a string equals itself alone")
        case .array:
            var end = view.range.lowerBound
            for element in view.elements {
                expect(element.range.lowerBound > end && element.range.upperBound < view.range.upperBound, "order")
                end = element.range.upperBound - 1
                open.append(element)
            }
        case .object:
            var end = view.range.lowerBound
            for (key, value) in view.members {
                expect(key.kind == .string && key.range.lowerBound > end, "a key is a string in order")
                expect(value.range.lowerBound > key.range.upperBound, "a value stands behind its key")
                expect(value.range.upperBound < view.range.upperBound, "a value stands inside its object")
                end = value.range.upperBound - 1
                open.append(value)
            }
        }
    }
    return count
}

/// Values that a tree leaves out, because another member of the same name follows.
private func repeatedMembers(_ view: JSONView) -> Int {
    var hidden = 0
    var open = [view]
    while let view = open.popLast() {
        open += view.elements
        var last: [[UInt8]: JSONView] = [:]
        for (key, value) in view.members {
            let name = Array((key.string ?? "").utf8)
            if let earlier = last[name] { hidden += countValues(earlier) }
            last[name] = value
        }
        for (name, value) in last {
            expect(
                view[String(decoding: name, as: UTF8.self)]?.range == value.range, "the last member of a name is found")
        }
        open += last.values
    }
    return hidden
}

private func countValues(_ value: JSONValue, repeated: Int) -> Int {
    var count = repeated
    var open = [value]
    while let value = open.popLast() {
        count += 1
        switch value {
        case .scalar: break
        case .array(let elements): open += elements
        case .object(let object): for (_, value) in object { open.append(value) }
        }
    }
    return count
}

/// What is written is the same value, and writing it again changes nothing.
private func roundTrip(_ view: JSONView) {
    let value = JSONValue(view)
    let written = value.bytes
    guard let again = try? JSONValue(parsing: written) else { preconditionFailure("what is written is valid") }
    expect(again == value, "what is written reads back")
    expect(again.bytes == written, "writing is stable")
    if let string = view.string {
        guard let quoted = try? JSONView(validating: JSONText.quoted(string)) else {
            preconditionFailure("a quoted string is valid")
        }
        expect(quoted.equals(string), "a quoted string reads back")
    }
}

/// Edits of names from the text and of new ones: the result reads as the edited tree, and the rest is the same text.
private func edit(_ view: JSONView) {
    let keys = view.members.map { $0.key.string ?? "" }
    let first = keys.first ?? "a"
    let last = keys.last ?? "b"
    let sets: [[JSONEdit]] = [
        [.set(first, Array("[1]".utf8))], [.remove(first)], [.remove(last)],
        [.remove(first), .set(last, Array("{}".utf8))],
        [.set("new", Array("\"\"".utf8)), .remove(last)], [.set(first, [0x30]), .remove("a"), .set("model", [0x31])],
        keys.map { .remove($0) }, keys.map { .remove($0) } + [.set("model", [0x31])], [],
    ]
    for edits in sets {
        let edited = view.editing(edits)
        guard let after = try? JSONView(validating: edited) else { preconditionFailure("an edited text is valid") }
        guard view.kind == .object else {
            expect(edited == view.document, "only objects are edited")
            continue
        }
        var names: Set<[UInt8]> = []
        var expected = JSONValue(view)
        for edit in edits {
            switch edit {
            case .set(let key, let value):
                names.insert(Array(key.utf8))
                expected[key] = try? JSONValue(parsing: value)
            case .remove(let key):
                names.insert(Array(key.utf8))
                expected[key] = nil
            }
        }
        expect(JSONValue(after) == expected, "an edit changes what it names")
        expect(others(view, names) == others(after, names), "an edit leaves the rest alone")
        if edits.isEmpty { expect(edited == view.document, "no edit, no change") }
    }
}

/// The text of the members that are not named.
private func others(_ view: JSONView, _ names: Set<[UInt8]>) -> [[UInt8]] {
    view.members.filter { !names.contains(Array(($0.key.string ?? "").utf8)) }
        .map { Array(view.document[$0.key.range.lowerBound..<$0.value.range.upperBound]) }
}
