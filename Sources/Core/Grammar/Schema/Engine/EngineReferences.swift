/// References as llama-server follows them: keys behind `#/` as they are written, without the escapes of JSON pointers.
struct EngineReferences {
    /// References that the engine does not understand, and those that stand for them.
    var aliases: [String: String] = [:]
    /// How many schemas may still be looked at: a hostile schema has many references and long ways from each.
    private var budget = 100_000

    static func parts(of reference: String) -> [String] {
        reference.dropFirst(2).split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    }

    static func target(_ parts: ArraySlice<String>, in value: JSONValue) -> JSONValue? {
        var value = value
        for part in parts {
            guard let next = value.kind == .object ? value[part] : Int(part).flatMap({ value[$0] }) else { return nil }
            value = next
        }
        return value
    }

    static func replacing(_ parts: ArraySlice<String>, in value: JSONValue, by new: JSONValue) -> JSONValue {
        guard let first = parts.first else { return new }
        switch value {
        case .object(var object):
            guard let member = object[first] else { return value }
            object[first] = replacing(parts.dropFirst(), in: member, by: new)
            return .object(object)
        case .array(var elements):
            guard let index = Int(first), elements.indices.contains(index) else { return value }
            elements[index] = replacing(parts.dropFirst(), in: elements[index], by: new)
            return .array(elements)
        case .scalar: return value
        }
    }

    /// Whether one reference leads to another without a step into the value.
    mutating func leads(from start: String, to end: String, in root: JSONValue) -> Bool {
        if start == end { return true }
        var met: Set<String> = [start]
        var open = [start]
        while let reference = open.popLast() {
            guard let target = Self.target(Self.parts(of: reference)[...], in: root) else { continue }
            var schemas = [target]
            while let schema = schemas.popLast() {
                budget -= 1
                guard budget > 0 else { return true }
                if let text = schema["$ref"]?.string {
                    let next = aliases[text] ?? text
                    if next == end { return true }
                    if met.insert(next).inserted { open.append(next) }
                } else {
                    for key in ["oneOf", "anyOf", "allOf"] { schemas += schema[key]?.array ?? [] }
                }
            }
        }
        return false
    }

    /// Whether what `allOf` takes over from a reference has, at any depth, an `allOf` that takes over the other.
    mutating func unrolls(from start: String, to end: String, in root: JSONValue) -> Bool {
        if start == end { return true }
        var met: Set<String> = [start]
        var open = [start]
        while let reference = open.popLast() {
            guard let target = Self.target(Self.parts(of: reference)[...], in: root) else { continue }
            var values = [target]
            var found = [target["$ref"]?.string].compactMap { $0 }
            while let value = values.popLast() {
                budget -= 1
                guard budget > 0 else { return true }
                for schema in value["allOf"]?.array ?? [] {
                    let alternatives = (schema["anyOf"] ?? schema["oneOf"])?.array ?? []
                    found += ([schema] + alternatives).compactMap { $0["$ref"]?.string }
                }
                values += value.array ?? value.object?.map(\.value) ?? []
            }
            for text in found {
                let next = aliases[text] ?? text
                if next == end { return true }
                if met.insert(next).inserted { open.append(next) }
            }
        }
        return false
    }
}
