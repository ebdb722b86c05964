/// Makes a grammar of a schema. What a value must fit is a set of schemas, the *goal*: `allOf`, references and what stands beside
/// them are taken apart into it, and of alternatives each gives a goal of its own. A goal that comes again is the same rule, which is
/// how recursive schemas end.
struct SchemaGrammarBuilder {
    /// A schema of a goal. Of one whose alternatives have been chosen, the rest counts.
    struct Item: Hashable {
        let node: Int
        var isAnyOfChosen = false
        var isOneOfChosen = false
    }

    let tree: SchemaTree
    /// A schema for strings of any kind, which names are.
    let stringNode: Int
    /// Whether objects and tuples take only what they name where the schema says nothing.
    let isClosed: Bool
    var rules = GrammarRuleBook()
    private(set) var notes: [SchemaNote] = []
    private var known: [Set<Item>: String] = [:]
    /// Rules that nothing fits.
    private var never: Set<String> = []

    init(_ tree: SchemaTree, isClosed: Bool) {
        var tree = tree
        stringNode = tree.nodes.count
        tree.nodes.append(SchemaNode(path: "#"))
        tree.nodes[stringNode].types = .string
        self.tree = tree
        self.isClosed = isClosed
    }

    /// The grammar.
    mutating func build() throws(SchemaError) -> String {
        let root = rules.reserve("root")
        if let goal = flattened([Item(node: 0)]) { known[Set(goal)] = root }
        guard let text = try text([Item(node: 0)], "root") else {
            throw SchemaDeadEnd.find(tree) ?? SchemaError(path: "#", reason: "no value fits the schema")
        }
        rules.define(root, text)
        notes = tree.notes + notes
        return rules.grammar
    }

    /// Says that something of a schema is not in the grammar, or not exactly.
    mutating func note(_ node: Int, _ keyword: String, _ reason: String) {
        let note = SchemaNote(path: tree.nodes[node].path, keyword: keyword, reason: reason)
        if !notes.contains(note) { notes.append(note) }
    }

    /// The rule for values that fit all of these schemas; nil if there are none.
    mutating func rule(_ nodes: [Int], _ name: String) throws(SchemaError) -> String? {
        try rule(items: nodes.map { Item(node: $0) }, name)
    }

    private mutating func rule(items: [Item], _ name: String) throws(SchemaError) -> String? {
        guard let goal = flattened(items) else { return nil }
        if goal.isEmpty { return rules.common("value") }
        if let known = known[Set(goal)] { return never.contains(known) ? nil : known }
        guard rules.count < GrammarRuleBook.limit else {
            throw SchemaError(path: "#", reason: "the grammar would have more than \(GrammarRuleBook.limit) rules")
        }
        if let simple = simpleRule(goal) { return simple }
        let rule = rules.reserve(name)
        known[Set(goal)] = rule
        if let text = try text(goal, rule) {
            rules.define(rule, text)
            return rule
        }
        // Whoever refers to it already does so from inside.
        rules.define(rule, "[^\\U00000000-\\U0010FFFF]")
        never.insert(rule)
        return nil
    }

    /// The rule that all values of a type share, where a schema says nothing but the type.
    private mutating func simpleRule(_ goal: [Item]) -> String? {
        guard goal.count == 1, SchemaGoal.saysOnlyType(tree.nodes[goal[0].node]),
            let types = tree.nodes[goal[0].node].types
        else { return nil }
        switch types {
        case .string: return rules.common("string")
        case .number: return rules.common("number")
        case .integer: return rules.common("integer")
        case .boolean: return rules.common("boolean")
        case .null: return rules.common("null")
        case .object: return rules.common("object")
        case .array: return rules.common("array")
        default: return nil
        }
    }

    /// The schemas with references followed and `allOf` taken apart, without those that say nothing; nil for `false`.
    private func flattened(_ items: [Item]) -> [Item]? {
        var goal: [Item] = []
        var met: Set<Item> = []
        var open = Array(items.reversed())
        while let item = open.popLast() {
            guard met.insert(item).inserted else { continue }
            let node = tree.nodes[item.node]
            if node.isNever { return nil }
            if !SchemaGoal.isVacuous(node, item) { goal.append(item) }
            let inner = (node.reference.map { [$0] } ?? []) + node.allOf
            open += inner.reversed().map { Item(node: $0) }
        }
        // A schema with a choice made in it is not wanted again with all its alternatives.
        let chosen = Set(goal.filter { $0.isAnyOfChosen || $0.isOneOfChosen }.map(\.node))
        return goal.filter { !chosen.contains($0.node) || $0.isAnyOfChosen || $0.isOneOfChosen }
    }

    /// What a rule says for values that fit a goal; nil if there are none.
    mutating func text(_ items: [Item], _ name: String) throws(SchemaError) -> String? {
        guard let goal = flattened(items) else { return nil }
        let nodes = goal.map(\.node)
        if let values = SchemaGoal.values(nodes, tree) {
            return values.isEmpty ? nil : values.map { constant($0) }.joined(separator: " | ")
        }
        for (index, item) in goal.enumerated() {
            let node = tree.nodes[item.node]
            var chosen = item
            let alternatives: [Int]
            if !item.isAnyOfChosen, !node.anyOf.isEmpty {
                alternatives = node.anyOf
                chosen.isAnyOfChosen = true
            } else if !item.isOneOfChosen, !node.oneOf.isEmpty {
                alternatives = node.oneOf
                chosen.isOneOfChosen = true
                if !SchemaGoal.areDisjoint(node.oneOf, tree) {
                    note(item.node, "oneOf", "is taken as 'anyOf': a value may fit several of its alternatives")
                }
            } else {
                continue
            }
            var others = goal
            others[index] = chosen
            var texts: [String] = []
            for (number, alternative) in alternatives.enumerated() {
                let rule = try rule(items: others + [Item(node: alternative)], "\(name)-\(number)")
                if let rule, !texts.contains(rule) { texts.append(rule) }
            }
            return texts.isEmpty ? nil : texts.joined(separator: " | ")
        }
        return try typedText(nodes, name)
    }

    private mutating func typedText(_ nodes: [Int], _ name: String) throws(SchemaError) -> String? {
        var types = SchemaTypes.all
        for node in nodes {
            types.formIntersection(tree.nodes[node].types ?? .all)
            if let not = tree.nodes[node].not {
                if let excluded = SchemaGoal.onlyTypes(not, tree) {
                    types.subtract(excluded)
                } else {
                    note(node, "not", "is not expressed")
                }
            }
            if tree.nodes[node].condition != nil { note(node, "if", "is not expressed") }
        }
        let kinds: [(types: SchemaTypes, name: String)] = [
            (.object, "object"), (.array, "array"), (.string, "string"), (.number, "number"), (.integer, "integer"),
            (.boolean, "boolean"), (.null, "null"),
        ]
        var texts: [(name: String, text: String)] = []
        for kind in kinds where types.isSuperset(of: kind.types) {
            if kind.types == .integer, types.contains(.fraction) { continue }
            let text: String?
            switch kind.name {
            case "object": text = try objectText(nodes, name)
            case "array": text = try arrayText(nodes, name)
            case "string": text = stringText(nodes, name)
            case "number", "integer": text = numberText(nodes, isInteger: kind.types == .integer)
            default: text = rules.common(kind.name)
            }
            if let text { texts.append((kind.name, text)) }
        }
        if texts.count == 1 { return texts[0].text }
        let parts = texts.map { kind in
            kind.text == kind.name ? kind.name : rules.rule("\(name)-\(kind.name)", kind.text)
        }
        return parts.isEmpty ? nil : parts.joined(separator: " | ")
    }

    /// A value that is given.
    private mutating func constant(_ value: JSONValue) -> String {
        let ws = rules.common("ws")
        switch value {
        case .scalar:
            return GrammarPiece.literal(
                String(decoding: value.string.map(JSONText.quoted) ?? value.bytes, as: UTF8.self))
        case .array(let elements):
            if elements.isEmpty { return "\"[\" \(ws) \"]\"" }
            let parts = elements.map { constant($0) }
            return "\"[\" \(ws) \(parts.joined(separator: " \",\" \(ws) ")) \(ws) \"]\""
        case .object(let object):
            if object.isEmpty { return "\"{\" \(ws) \"}\"" }
            let parts = object.map { "\(key($0.key)) \(ws) \":\" \(ws) \(constant($0.value))" }
            return "\"{\" \(ws) \(parts.joined(separator: " \",\" \(ws) ")) \(ws) \"}\""
        }
    }

    /// A member's name.
    func key(_ name: String) -> String {
        GrammarPiece.literal(String(decoding: JSONText.quoted(name), as: UTF8.self))
    }
}
