/// The first place where two JSON values say something different: members may stand in any order, and scalars be spelled in
/// any way. The order is that of the earlier text, and behind it what only the later one has.
struct ValueDifference {
    /// From the values to the place: `function.parameters.required[2]`, empty for the values themselves.
    var path: String
    /// What the earlier value has there; nil: nothing.
    var earlier: JSONView?
    /// What the later value has there; nil: nothing.
    var later: JSONView?

    /// The texts of both, strings without their quotes and escapes.
    var text: TextDifference? {
        TextDifference(earlier: earlier.map(Self.text), later: later.map(Self.text))
    }

    private static func text(_ view: JSONView) -> String { view.string ?? String(decoding: view.text, as: UTF8.self) }

    /// - Returns: nil where both denote the same value.
    static func first(_ earlier: JSONView?, _ later: JSONView?, path: String = "") -> ValueDifference? {
        switch (earlier, later) {
        case (nil, nil): return nil
        case (let old?, let new?) where old.kind == new.kind:
            switch old.kind {
            case .object: return firstMember(Members(old), Members(new), path: path)
            case .array: return firstElement(old, new, path: path)
            default:
                return JSONScalar(old) == JSONScalar(new)
                    ? nil : ValueDifference(path: path, earlier: old, later: new)
            }
        default: return ValueDifference(path: path, earlier: earlier, later: later)
        }
    }

    private static func firstMember(_ earlier: Members, _ later: Members, path: String) -> ValueDifference? {
        for key in earlier.keys {
            if let found = first(earlier[key], later[key], path: join(path, key)) { return found }
        }
        for key in later.keys where earlier[key] == nil {
            return ValueDifference(path: join(path, key), earlier: nil, later: later[key])
        }
        return nil
    }

    private static func firstElement(_ earlier: JSONView, _ later: JSONView, path: String) -> ValueDifference? {
        var (old, new) = (earlier.elements.makeIterator(), later.elements.makeIterator())
        var index = 0
        while true {
            let pair = (old.next(), new.next())
            if pair.0 == nil, pair.1 == nil { return nil }
            if let found = first(pair.0, pair.1, path: "\(path)[\(index)]") { return found }
            index += 1
        }
    }

    private static func join(_ path: String, _ key: String) -> String {
        let isPlain = !key.isEmpty && key.utf8.allSatisfy { $0 != 0x2E && $0 != 0x5B && $0 != 0x5D && $0 > 0x20 }
        let name = isPlain ? key : "[\(String(decoding: JSONText.quoted(key), as: UTF8.self))]"
        return path.isEmpty || !isPlain ? path + name : "\(path).\(name)"
    }
}

/// The members of an object by name; the last one of a name counts.
private struct Members {
    /// In the order of the text.
    private(set) var keys: [String] = []
    private var values: [String: JSONView] = [:]

    init(_ view: JSONView) {
        for (key, value) in view.members {
            guard let name = key.string else { continue }
            if values.updateValue(value, forKey: name) == nil { keys.append(name) }
        }
    }

    subscript(_ key: String) -> JSONView? { values[key] }
}
