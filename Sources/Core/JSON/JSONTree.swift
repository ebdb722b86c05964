/// Makes the tree of a view in one pass, without recursion.
enum JSONTreeBuilder {
    /// A container whose end has not come yet.
    private struct Open {
        let isObject: Bool
        var elements: [JSONValue] = []
        var object = JSONObject()
        /// The key that was read last, until its value has come.
        var key: String?

        var value: JSONValue { isObject ? .object(object) : .array(elements) }

        mutating func add(_ value: JSONValue) {
            if isObject {
                object[key ?? ""] = value
                key = nil
            } else {
                elements.append(value)
            }
        }
    }

    static func build(_ view: JSONView) -> JSONValue {
        view.document.withUnsafeBufferPointer { buffer in
            buffer.baseAddress.map { build(view, $0) } ?? .null
        }
    }

    private static func build(_ view: JSONView, _ base: Cursor) -> JSONValue {
        let end = base + view.end
        var cursor = base + view.start
        var open: [Open] = []
        while true {
            // The text is valid: what stands between two values tells nothing.
            while cursor < end, isSeparator(cursor.pointee) { cursor += 1 }
            guard cursor < end else { return .null }
            let start = cursor
            let value: JSONValue
            switch start.pointee {
            case Byte.openBracket, Byte.openBrace:
                open.append(Open(isObject: start.pointee == Byte.openBrace))
                cursor += 1
                continue
            case Byte.closeBracket, Byte.closeBrace:
                value = open.popLast()?.value ?? .null
                cursor += 1
            default:
                cursor = JSONScanner.valueEnd(start, end)
                let part = JSONView(document: view.document, start: start - base, end: cursor - base)
                if let last = open.indices.last, open[last].isObject, open[last].key == nil {
                    open[last].key = part.string
                    continue
                }
                value = .scalar(JSONScalar(part))
            }
            guard let last = open.indices.last else { return value }
            open[last].add(value)
        }
    }

    private static func isSeparator(_ byte: UInt8) -> Bool {
        byte <= Byte.space || byte == Byte.comma || byte == Byte.colon
    }
}

/// Writes a tree as compact text, without recursion.
struct JSONTreeWriter {
    private enum Rest {
        case elements(IndexingIterator<[JSONValue]>)
        case members(IndexingIterator<[(key: String, value: JSONValue)]>)
    }

    private var bytes: [UInt8] = []
    private var open: [(rest: Rest, isFirst: Bool)] = []

    static func bytes(of value: JSONValue) -> [UInt8] {
        var writer = JSONTreeWriter()
        // Growing a large text step by step costs more than measuring it first.
        writer.bytes.reserveCapacity(size(of: value))
        writer.begin(value)
        while let last = writer.open.indices.last { writer.step(last) }
        return writer.bytes
    }

    /// The length of the text if no key needs an escape.
    private static func size(of value: JSONValue) -> Int {
        var size = 0
        var open = [value]
        while let value = open.popLast() {
            switch value {
            case .scalar(let scalar):
                size += scalar.view.range.count + 1
            case .array(let elements):
                size += 3
                open.append(contentsOf: elements)
            case .object(let object):
                size += 3
                for member in object {
                    size += member.key.utf8.count + 3
                    open.append(member.value)
                }
            }
        }
        return size
    }

    private mutating func begin(_ value: JSONValue) {
        switch value {
        case .scalar(let scalar):
            bytes.append(contentsOf: scalar.text)
        case .array(let elements):
            bytes.append(Byte.openBracket)
            open.append((.elements(elements.makeIterator()), true))
        case .object(let object):
            bytes.append(Byte.openBrace)
            open.append((.members(object.makeIterator()), true))
        }
    }

    /// Writes the next part of the innermost open container.
    private mutating func step(_ last: Int) {
        switch open[last].rest {
        case .elements(var rest):
            guard let element = rest.next() else { return close(Byte.closeBracket) }
            separate(last, .elements(rest))
            begin(element)
        case .members(var rest):
            guard let member = rest.next() else { return close(Byte.closeBrace) }
            separate(last, .members(rest))
            JSONText.append(member.key, to: &bytes)
            bytes.append(Byte.colon)
            begin(member.value)
        }
    }

    private mutating func separate(_ last: Int, _ rest: Rest) {
        if !open[last].isFirst { bytes.append(Byte.comma) }
        open[last] = (rest, false)
    }

    private mutating func close(_ bracket: UInt8) {
        bytes.append(bracket)
        open.removeLast()
    }
}
