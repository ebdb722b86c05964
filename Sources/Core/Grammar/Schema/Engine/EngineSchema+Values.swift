extension EngineSchema {
    /// How often llama-server's grammars repeat something at most.
    private static let repetitionLimit = 2_000

    /// The formats that it has rules for.
    private static let formats: Set<String> = [
        "date", "time", "date-time", "uuid", "uuid1", "uuid2", "uuid3", "uuid4", "uuid5",
    ]

    /// Cleans `anyOf` and the like; false if nothing is left of it.
    mutating func alternatives(_ key: String, _ object: inout JSONObject, _ place: Place) -> Bool {
        guard let schemas = object[key]?.array, !schemas.isEmpty else {
            fault(place, key, .removed, "it must be an array with a schema")
            object[key] = nil
            return false
        }
        if key == "allOf", unrollsWithoutEnd(schemas, &object, place) { return true }
        var cleaned: [JSONValue] = []
        for (index, schema) in schemas.enumerated() { cleaned.append(clean(schema, place.beside("\(key)/\(index)"))) }
        object[key] = .array(cleaned)
        return true
    }

    /// The types to check for; nil among them for none.
    mutating func types(_ object: inout JSONObject, _ place: Place) -> [String?] {
        guard let type = object["type"] else { return [nil] }
        var kept: [JSONValue] = []
        for name in type.array ?? [type] {
            if name.isNull || name.string.map({ SchemaTypes(name: $0) != nil }) ?? false {
                kept.append(name)
            } else {
                fault(place, "type", .removed, "\(name) is no type")
            }
        }
        if let all = type.array {
            if all.isEmpty { fault(place, "type", .removed, "it names no type") }
            if kept.count < all.count { object["type"] = .array(kept) }
        }
        if kept.isEmpty {
            object["type"] = nil
            return [nil]
        }
        return kept.map(\.string)
    }

    /// Checks the keywords that count for a type.
    mutating func checkValues(_ type: String?, _ object: inout JSONObject, _ place: Place) {
        if object["const"] != nil { return }
        if let values = object["enum"] {
            if values.array?.isEmpty == false { return }
            fault(place, "enum", .removed, "it must be an array with a value")
            object["enum"] = nil
        }
        let isObject = object["properties"] != nil || (object["additionalProperties"].map { $0.bool != true } ?? false)
        switch type {
        case nil:
            if isObject { return checkObject(&object, place) }
            if object["allOf"] != nil, alternatives("allOf", &object, place) { return }
            if object["items"] != nil || object["prefixItems"] != nil { return checkArray(&object, place) }
            checkString(&object, place)
        case "object":
            if !isObject, object["allOf"] != nil, alternatives("allOf", &object, place) { return }
            checkObject(&object, place)
        case "string":
            if object["allOf"] != nil, alternatives("allOf", &object, place) { return }
            checkString(&object, place)
        case "array": checkArray(&object, place)
        case "integer": checkInteger(&object, place)
        default: break
        }
    }

    private mutating func checkObject(_ object: inout JSONObject, _ place: Place) {
        if let properties = object["properties"] {
            if case .object(var members) = properties {
                for (key, member) in members { members[key] = clean(member, place.below("properties/\(key)")) }
                object["properties"] = .object(members)
            } else {
                fault(place, "properties", .removed, "it must be an object")
                object["properties"] = nil
            }
        }
        guard let rest = object["additionalProperties"] else { return }
        switch rest.kind {
        case .bool: break
        case .object: object["additionalProperties"] = clean(rest, place.below("additionalProperties"))
        default:
            fault(place, "additionalProperties", .removed, "it must be a boolean or a schema")
            object["additionalProperties"] = nil
        }
        let isOpen = object["additionalProperties"].map { $0.bool != false } ?? false
        // The names go into a class of characters as they are.
        let brackets = object["properties"]?.object?.keys.first { $0.contains { $0 == "]" || $0 == "\\" } }
        if isOpen, let brackets {
            fault(place, "additionalProperties", .removed, "the engine cannot tell other names from '\(brackets)'")
            object["additionalProperties"] = nil
        }
    }

    private mutating func checkArray(_ object: inout JSONObject, _ place: Place) {
        let key = object["items"] != nil ? "items" : "prefixItems"
        if let items = object[key] {
            if let schemas = items.array {
                var cleaned: [JSONValue] = []
                for (index, schema) in schemas.enumerated() {
                    cleaned.append(clean(schema, place.below("\(key)/\(index)")))
                }
                object[key] = .array(cleaned)
                return
            }
            object[key] = clean(items, place.below(key))
        }
        // The first element is written apart.
        checkCounts("minItems", "maxItems", (least: Self.repetitionLimit + 1, most: 1), &object, place)
        // An array that may be empty counts its optional elements and a few rules more.
        let most = object["maxItems"]?.int ?? 0
        if object["minItems"]?.int ?? 0 == 0, (Self.repetitionLimit - 1...Self.repetitionLimit + 1).contains(most) {
            fault(place, "maxItems", .lowered, "the engine refuses \(most)")
            object["maxItems"] = .number(Self.repetitionLimit - 2)
        }
    }

    private mutating func checkString(_ object: inout JSONObject, _ place: Place) {
        if let pattern = object["pattern"] {
            let problem = pattern.string.map { EnginePattern.problem(in: $0) } ?? "it must be a string"
            if let problem {
                fault(place, "pattern", .removed, "\(problem)")
                object["pattern"] = nil
            }
        }
        if let format = object["format"], format.kind != .string {
            fault(place, "format", .removed, "it must be a string")
            object["format"] = nil
        }
        // A pattern or a format is all that the engine looks at.
        let isCounted =
            object["pattern"]?.string?.isEmpty ?? true && !Self.formats.contains(object["format"]?.string ?? "")
        let limits = isCounted ? (least: Self.repetitionLimit, most: 0) : (least: .max, most: .max)
        checkCounts("minLength", "maxLength", limits, &object, place)
    }

    private mutating func checkCounts(
        _ least: String, _ most: String, _ limits: (least: Int, most: Int), _ object: inout JSONObject, _ place: Place
    ) {
        for key in [least, most] {
            guard let value = object[key] else { continue }
            let isSpelledAsInteger = value.description.allSatisfy { $0.isASCII && $0.isNumber }
            guard let count = value.int, count >= 0, count <= Int(Int32.max) else {
                fault(place, key, .removed, "it must be an integer from 0 to \(Int32.max)")
                object[key] = nil
                continue
            }
            if !isSpelledAsInteger {
                fault(place, key, .changed, "the engine wants \(value) to be written \(count)")
                object[key] = .number(count)
            }
        }
        if let count = object[least]?.int, count > limits.least {
            fault(place, least, .lowered, "the engine refuses more than \(limits.least)")
            object[least] = .number(limits.least)
        }
        if let low = object[least]?.int, let high = object[most]?.int, low > high, high > limits.most {
            fault(place, most, .removed, "it is less than '\(least)', on which the engine hangs")
            object[most] = nil
        }
    }

    private mutating func checkInteger(_ object: inout JSONObject, _ place: Place) {
        for (key, exclusive) in [("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")] {
            let used = object[key] != nil ? key : exclusive
            guard let value = object[used] else { continue }
            if value.kind != .number {
                fault(place, used, .removed, "it must be a number")
                object[used] = nil
            } else if abs(value.double ?? .infinity) >= 9.2e18 {
                fault(place, used, .removed, "it is beyond what the engine's integers hold")
                object[used] = nil
            }
        }
        let low = object["minimum"] ?? object["exclusiveMinimum"]
        let high = object["maximum"] ?? object["exclusiveMaximum"]
        // With one bound only, the engine writes down numbers of up to 16 digits.
        if high == nil, let bound = low?.double, bound >= 1e15 {
            removeBounds("minimum", "exclusiveMinimum", &object, place)
        }
        if low == nil, let bound = high?.double, bound <= -1e15 {
            removeBounds("maximum", "exclusiveMaximum", &object, place)
        }
    }

    private mutating func removeBounds(_ first: String, _ second: String, _ object: inout JSONObject, _ place: Place) {
        for key in [first, second] where object[key] != nil {
            fault(place, key, .removed, "the engine hangs on a bound of so many digits")
            object[key] = nil
        }
    }
}
