extension SchemaCheck {
    mutating func checkArray(_ node: SchemaNode, _ elements: [JSONValue], _ seen: inout Seen) {
        if let least = node.minItems, elements.count < least {
            report("minItems", "must have at least \(least) elements, found \(elements.count)")
        }
        if let most = node.maxItems, elements.count > most {
            report("maxItems", "must have at most \(most) elements, found \(elements.count)")
        }
        for (index, element) in elements.enumerated() {
            guard !isFull else { return }
            let isNamed = index < node.prefixItems.count
            guard let schema = isNamed ? node.prefixItems[index] : node.items else { break }
            check(schema, element, at: .index(index))
        }
        let named = min(node.prefixItems.count, elements.count)
        seen.items = max(seen.items, node.items == nil ? named : elements.count)
        checkContains(node, elements, &seen)
        if node.uniqueItems, let (first, second) = Self.firstRepetition(elements) {
            report("uniqueItems", "must have no element twice: [\(second)] is the same as [\(first)]")
        }
        if let rest = node.unevaluatedItems {
            for index in elements.indices where index >= seen.items && !seen.places.contains(index) {
                check(rest, elements[index], at: .index(index), "unevaluatedItems", "is one element too many")
            }
            seen.items = elements.count
        }
    }

    private mutating func checkContains(_ node: SchemaNode, _ elements: [JSONValue], _ seen: inout Seen) {
        guard let schema = node.contains else { return }
        let fitting = elements.indices.filter { trial(schema, elements[$0]).problems.isEmpty }
        if keepsSeen { seen.places.formUnion(fitting) }
        let least = node.minContains ?? 1
        if fitting.count < least {
            let words = least == 1 ? "an element" : "\(least) elements"
            report("contains", "must contain \(words) that fits 'contains', found \(fitting.count)")
        }
        if let most = node.maxContains, fitting.count > most {
            report("maxContains", "must contain at most \(most) elements that fit 'contains', found \(fitting.count)")
        }
    }

    mutating func checkObject(_ node: SchemaNode, _ object: JSONObject, _ seen: inout Seen) {
        for key in node.required where object[key] == nil {
            report("required", "lacks the member '\(key)'")
        }
        for (key, required) in node.dependentRequired where object[key] != nil {
            for other in required where object[other] == nil {
                report("dependentRequired", "has the member '\(key)' and lacks '\(other)'")
            }
        }
        if let least = node.minProperties, object.count < least {
            report("minProperties", "must have at least \(least) members, found \(object.count)")
        }
        if let most = node.maxProperties, object.count > most {
            report("maxProperties", "must have at most \(most) members, found \(object.count)")
        }
        for (key, value) in object {
            guard !isFull else { return }
            if let names = node.propertyNames, let problem = trial(names, .string(key)).problems.first {
                report("propertyNames", "has the member '\(key)', whose name \(problem.reason)")
            }
            if checkMember(node, key, value), keepsSeen { seen.keys.insert(key) }
        }
        if let rest = node.unevaluatedProperties {
            for (key, value) in object where !seen.keys.contains(key) {
                check(rest, value, at: .key(key), "unevaluatedProperties", "is not a member that the schema knows")
                seen.keys.insert(key)
            }
        }
    }

    /// Checks a member; true if a schema of the node has looked at it.
    private mutating func checkMember(_ node: SchemaNode, _ key: String, _ value: JSONValue) -> Bool {
        var isNamed = false
        if let place = node.propertyPlaces[key] {
            isNamed = true
            check(node.properties[place].schema, value, at: .key(key))
        }
        for (pattern, schema) in node.patternProperties where pattern.pattern?.matches(key) ?? true {
            isNamed = true
            // A pattern that cannot be matched may be meant for this member or not.
            if pattern.pattern != nil { check(schema, value, at: .key(key)) }
        }
        if !isNamed, let rest = node.additionalProperties {
            isNamed = true
            check(rest, value, at: .key(key), "additionalProperties", "is not a member that the schema knows")
        }
        return isNamed
    }

    /// Checks a part of the value.
    /// - Parameters:
    ///   - keyword: The keyword to name where the part's schema is `false`.
    ///   - reason: What to say there.
    private mutating func check(
        _ schema: Int, _ value: JSONValue, at step: SchemaProblem.Step, _ keyword: String = "false",
        _ reason: String = "is not allowed"
    ) {
        steps.append(step)
        defer { steps.removeLast() }
        if nodes[schema].isNever { report(keyword, reason) } else { _ = check(schema, value) }
    }

    /// Two places of the same value.
    private static func firstRepetition(_ elements: [JSONValue]) -> (Int, Int)? {
        var places: [Int: [Int]] = [:]
        for (index, element) in elements.enumerated() {
            let digest = element.schemaDigest
            if let same = places[digest]?.first(where: { elements[$0] == element }) { return (same, index) }
            places[digest, default: []].append(index)
        }
        return nil
    }
}

extension JSONValue {
    /// A number that is the same for values that are equal.
    fileprivate var schemaDigest: Int {
        var hasher = Hasher()
        switch kind {
        case .null: hasher.combine(0)
        case .bool: hasher.combine(bool)
        case .number: hasher.combine(int.map(Double.init) ?? double)
        case .string: hasher.combine(string)
        case .array: for element in array ?? [] { hasher.combine(element.schemaDigest) }
        case .object:
            // In whatever order the members stand.
            hasher.combine((object ?? [:]).reduce(0) { $0 ^ ($1.value.schemaDigest &+ $1.key.hashValue) })
        }
        return hasher.finalize()
    }
}
