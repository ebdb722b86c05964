/// JSON pointers (RFC 6901) in the fragments of references.
enum SchemaPointer {
    /// A path's next part.
    static func appending(_ key: String, to path: String) -> String {
        var path = path + "/"
        for scalar in key.unicodeScalars {
            switch scalar {
            case "~": path += "~0"
            case "/": path += "~1"
            default: path.unicodeScalars.append(scalar)
            }
        }
        return path
    }

    /// The value that `#/…` leads to, and its path in our spelling; nil if there is none.
    static func resolve(_ reference: String, in root: JSONValue) -> (value: JSONValue, path: String)? {
        var value = root
        var path = "#"
        for part in reference.dropFirst(2).split(separator: "/", omittingEmptySubsequences: false) {
            let key = decode(part)
            if value.kind == .object {
                guard let member = value[key] else { return nil }
                value = member
            } else {
                guard let index = Int(key), let element = value[index] else { return nil }
                value = element
            }
            path = appending(key, to: path)
        }
        return (value, path)
    }

    /// The schemas that have a name of their own, by the references that mean them: `#anchor`, or an `$id`.
    static func names(in root: JSONValue) -> [String: (value: JSONValue, path: String)] {
        var names: [String: (value: JSONValue, path: String)] = [:]
        var open = [(root, "#")]
        while let (value, path) = open.popLast() {
            for (key, member) in value.object ?? [:] {
                if key == "$anchor" || key == "$dynamicAnchor", let name = member.string {
                    names["#\(name)"] = (value, path)
                } else if key == "$id" || key == "id", let name = member.string {
                    names[name] = (value, path)
                } else if key != "enum", key != "const", key != "default", key != "examples" {
                    open.append((member, appending(key, to: path)))
                }
            }
            for (index, element) in (value.array ?? []).enumerated() { open.append((element, "\(path)/\(index)")) }
        }
        return names
    }

    /// A part with `%20`, `~1` and `~0` resolved.
    private static func decode(_ part: Substring) -> String {
        guard part.utf8.contains(where: { $0 == 0x25 || $0 == 0x7E }) else { return String(part) }
        let source = Array(part.utf8)
        var bytes: [UInt8] = []
        var index = 0
        while index < source.count {
            if source[index] == 0x25, index + 2 < source.count,
                let high = hexValue(source[index + 1]), let low = hexValue(source[index + 2])
            {
                bytes.append(UInt8(high << 4 | low))
                index += 3
            } else {
                bytes.append(source[index])
                index += 1
            }
        }
        var result: [UInt8] = []
        index = 0
        while index < bytes.count {
            let next = index + 1 < bytes.count ? bytes[index + 1] : 0
            if bytes[index] == 0x7E, next == 0x30 || next == 0x31 {
                result.append(next == 0x30 ? 0x7E : 0x2F)
                index += 2
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
