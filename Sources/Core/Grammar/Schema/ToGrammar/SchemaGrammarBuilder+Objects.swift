extension SchemaGrammarBuilder {
    /// A member that has a name.
    private struct Member {
        /// Name, colon and value.
        let rule: String
        let isRequired: Bool
    }

    /// The objects of a goal, members in the order of the schema; nil if there are none.
    mutating func objectText(_ places: [Int], _ name: String) throws(SchemaError) -> String? {
        let nodes = places.map { tree.nodes[$0] }
        noteObject(places)
        var names: [String] = []
        for key in nodes.flatMap({ $0.properties.map(\.key) }) + nodes.flatMap(\.required) where !names.contains(key) {
            names.append(key)
        }
        let required = Set(nodes.flatMap(\.required))
        let ws = rules.common("ws")
        var members: [Member] = []
        for key in names {
            let value = isName(key, nodes) ? try rule(schemas(for: key, nodes), "\(name)-\(key)") : nil
            if let value {
                let pair = rules.rule("\(name)-\(key)-kv", "\(self.key(key)) \(ws) \":\" \(ws) \(value)")
                members.append(Member(rule: pair, isRequired: required.contains(key)))
            } else if required.contains(key) {
                return nil
            }
        }
        var others = try otherMember(places, names, name)
        let least = nodes.compactMap(\.minProperties).max() ?? 0
        var most = nodes.compactMap(\.maxProperties).min()
        if members.isEmpty {
            guard let others else {
                return least > 0 ? nil : "\"{\" \(ws) \"}\""
            }
            if others == anyMember, least == 0, most == nil { return rules.common("object") }
            if let most, most < least { return nil }
            let counts = limited(max(0, least - 1), most.map { $0 - 1 }, ("minProperties", "maxProperties"), places)
            if most == 0 { return "\"{\" \(ws) \"}\"" }
            let more =
                counts.max == 0 ? "" : " " + GrammarPiece.repeated("(\",\" \(ws) \(others))", counts.min, counts.max)
            let body = "\(others)\(more) \(ws)"
            return least == 0 ? "\"{\" \(ws) (\(body))? \"}\"" : "\"{\" \(ws) \(body) \"}\""
        }
        let needed = members.count(where: \.isRequired)
        if let limit = most {
            if limit < needed { return nil }
            if limit == needed {
                members.removeAll { !$0.isRequired }
                others = nil
                most = nil
            } else if others == nil, limit >= members.count {
                most = nil
            }
        }
        if most != nil { note(places[0], "maxProperties", "is not expressed beside named properties") }
        if others == nil, members.count < least { return nil }
        if least > max(needed, 1) { note(places[0], "minProperties", "is not expressed beside named properties") }
        var body = objectBody(members, others, name)
        // llama-server counts the rules that an optional group is the first to name.
        if members.count > 100 { body = rules.rule("\(name)-members", body) }
        if body.isEmpty { return "\"{\" \(ws) \"}\"" }
        return needed == 0 && least == 0 ? "\"{\" \(ws) (\(body) \(ws))? \"}\"" : "\"{\" \(ws) \(body) \(ws) \"}\""
    }

    private mutating func noteObject(_ places: [Int]) {
        for place in places {
            let node = tree.nodes[place]
            if !node.dependentRequired.isEmpty { note(place, "dependentRequired", "is not expressed") }
            if !node.dependentSchemas.isEmpty { note(place, "dependentSchemas", "is not expressed") }
        }
    }

    /// Members of an object that has at least one. Before the first there is no comma, so as long as none is required, the object may
    /// begin with each.
    private mutating func objectBody(_ members: [Member], _ others: String?, _ name: String) -> String {
        let ws = rules.common("ws")
        let more = others.map { "(\",\" \(ws) \($0))*" } ?? ""
        var rest = more
        var beginnings: [String] = []
        if let others, !members.contains(where: \.isRequired) { beginnings.append("\(others) \(more)") }
        let first = members.firstIndex(where: \.isRequired) ?? members.count
        for (index, member) in members.enumerated().reversed() {
            if index <= first { beginnings.append(rest.isEmpty ? member.rule : "\(member.rule) \(rest)") }
            let own = member.isRequired ? "\",\" \(ws) \(member.rule)" : "(\",\" \(ws) \(member.rule))?"
            rest = rest.isEmpty ? own : "\(own) \(rest)"
            // What follows one of many beginnings is a rule, as it would be written many times.
            if index <= first, index > 0 { rest = rules.rule("\(name)-rest", rest) }
        }
        let texts = Array(beginnings.reversed())
        return texts.count == 1 ? texts[0] : "(\(texts.joined(separator: " | ")))"
    }

    /// The schemas that a member must fit.
    private func schemas(for key: String, _ nodes: [SchemaNode]) -> [Int] {
        nodes.flatMap { node in
            var schemas = node.propertyPlaces[key].map { [node.properties[$0].schema] } ?? []
            schemas += node.patternProperties.filter { $0.pattern.pattern?.matches(key) ?? false }.map(\.schema)
            return schemas.isEmpty ? [node.additionalProperties].compactMap { $0 } : schemas
        }
    }

    /// Whether a member may be called so.
    private func isName(_ key: String, _ nodes: [SchemaNode]) -> Bool {
        nodes.compactMap(\.propertyNames).allSatisfy { names in
            var check = SchemaCheck(tree, limit: 1)
            _ = check.check(names, .string(key))
            return check.problems.isEmpty
        }
    }

    private var anyMember: String { "string ws \":\" ws value" }

    /// Name, colon and value of a member that has no place of its own; nil where there are none.
    private mutating func otherMember(_ places: [Int], _ names: [String], _ name: String) throws(SchemaError) -> String?
    {
        let nodes = places.map { tree.nodes[$0] }
        let isDecided = nodes.contains {
            $0.additionalProperties != nil || $0.unevaluatedProperties != nil || !$0.patternProperties.isEmpty
        }
        if isClosed, !names.isEmpty, !isDecided { return nil }
        let ws = rules.common("ws")
        var rest = nodes.compactMap(\.additionalProperties)
        if rest.isEmpty { rest = nodes.compactMap(\.unevaluatedProperties) }
        let patterns = zip(places, nodes).flatMap { place, node in
            node.patternProperties.map { (place: place, pattern: $0.pattern, schema: $0.schema) }
        }
        if !patterns.isEmpty {
            if rest.contains(where: { tree.nodes[$0].isNever }),
                nodes.count(where: { !$0.patternProperties.isEmpty }) == 1
            {
                return try patternMembers(patterns, names, name)
            }
            for pattern in patterns {
                note(pattern.place, "patternProperties", "is not expressed beside members of any name")
            }
        }
        guard let value = try rule(rest, "\(name)-other") else { return nil }
        let nameSchemas = nodes.compactMap(\.propertyNames)
        var key = names.isEmpty ? rules.common("string") : otherName(names, name)
        if !nameSchemas.isEmpty {
            guard let names = try rule(nameSchemas + [stringNode], "\(name)-name") else { return nil }
            if names != "string" { key = names }
        }
        let text = "\(key) \(ws) \":\" \(ws) \(value)"
        return text == anyMember ? text : rules.rule("\(name)-other-kv", text)
    }

    private mutating func patternMembers(
        _ patterns: [(place: Int, pattern: SchemaNode.NamedPattern, schema: Int)], _ names: [String], _ name: String
    ) throws(SchemaError) -> String? {
        let ws = rules.common("ws")
        var texts: [String] = []
        if patterns.count > 1 {
            note(patterns[0].place, "patternProperties", "holds a name that fits several patterns to one of them")
        }
        for (place, pattern, schema) in patterns {
            guard let known = pattern.pattern, known.branches != nil else {
                note(place, "patternProperties", "'\(pattern.source)' is not expressed, and its members are left out")
                continue
            }
            if let both = names.first(where: known.matches) {
                note(place, "patternProperties", "'\(pattern.source)' admits '\(both)' once more, beside 'properties'")
            }
            guard let value = try rule([schema], "\(name)-other") else { continue }
            let key = keyText(known, place, "\(name)-name")
            texts.append(rules.rule("\(name)-other-kv", "\(key) \(ws) \":\" \(ws) \(value)"))
        }
        return texts.isEmpty ? nil : texts.count == 1 ? texts[0] : "(\(texts.joined(separator: " | ")))"
    }

    /// A string that is none of these.
    private mutating func otherName(_ names: [String], _ name: String) -> String {
        /// What may follow a beginning that some names share.
        func tail(_ names: [[String]], _ rules: inout GrammarRuleBook) -> String {
            var groups: [(first: String, rests: [[String]])] = []
            for name in names {
                guard let first = name.first else { continue }
                let rest = Array(name.dropFirst())
                if let index = groups.firstIndex(where: { $0.first == first }) {
                    groups[index].rests.append(rest)
                } else {
                    groups.append((first, [rest]))
                }
            }
            let char = rules.common("char")
            let firsts = groups.compactMap {
                $0.first.unicodeScalars.count == 1 ? $0.first.unicodeScalars.first?.value : nil
            }
            let plain = ScalarSet(firsts.map { $0...$0 } + [0x00...0x1F, 0x22...0x22, 0x5C...0x5C]).inverted
            // A name could hide behind an escape of a letter, so only short escapes may stand where names differ.
            let escapes = "\"\\bfnrt".unicodeScalars.filter { letter in !groups.contains { $0.first == "\\\(letter)" } }
            let escape = GrammarPiece.characters(ScalarSet(escapes.map { $0.value...$0.value }))
            var parts = groups.map { group in
                let isName = group.rests.contains { $0.isEmpty }
                let inner = tail(group.rests, &rules)
                return "\(GrammarPiece.literal(group.first)) \(isName ? inner : "(\(inner))?")"
            }
            parts.append("\(GrammarPiece.characters(plain)) \(char)*")
            if !escapes.isEmpty { parts.append("\"\\\\\" \(escape) \(char)*") }
            return "(\(parts.joined(separator: " | ")))"
        }
        let units = names.map { name in
            name.unicodeScalars.map {
                String(String(decoding: JSONText.quoted(String($0)), as: UTF8.self).dropFirst().dropLast())
            }
        }
        let inner = tail(units, &rules)
        let text = names.contains("") ? inner : "\(inner)?"
        return rules.rule("\(name)-other-name", "\"\\\"\" \(text) \"\\\"\"")
    }
}
