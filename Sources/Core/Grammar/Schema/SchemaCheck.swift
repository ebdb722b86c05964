/// One check of a value against a schema.
struct SchemaCheck {
    /// The parts of a value that a schema has looked at; only kept where a schema asks for the others.
    struct Seen {
        var keys: Set<String> = []
        /// The number of elements at the beginning.
        var items = 0
        /// Others, as `contains` finds them.
        var places: Set<Int> = []

        mutating func formUnion(_ other: Seen) {
            keys.formUnion(other.keys)
            items = max(items, other.items)
            places.formUnion(other.places)
        }
    }

    let nodes: [SchemaNode]
    let keepsSeen: Bool
    private let limit: Int
    var problems: [SchemaProblem] = []
    var steps: [SchemaProblem.Step] = []
    /// How many schemas have been held against values. Alternatives inside alternatives multiply.
    private var count = 0
    private var depth = 0

    private static let countLimit = 300_000
    /// How many schemas may lie inside each other, through the value and beside it.
    private static let depthLimit = 1_000

    init(_ tree: SchemaTree, limit: Int) {
        nodes = tree.nodes
        keepsSeen = tree.asksForUnevaluated
        self.limit = limit
    }

    /// Whether the check came to no end.
    private(set) var isAbandoned = false

    /// Whether there is no use in going on.
    var isFull: Bool { isAbandoned || problems.count >= limit }

    mutating func report(_ keyword: String, _ reason: String) {
        problems.append(SchemaProblem(steps: steps, keyword: keyword, reason: reason))
    }

    /// Checks a value and says what of it has been looked at.
    mutating func check(_ place: Int, _ value: JSONValue) -> Seen {
        guard !isFull else { return Seen() }
        count += 1
        guard count <= Self.countLimit, depth < Self.depthLimit else {
            isAbandoned = true
            report("$schema", "cannot be checked")
            return Seen()
        }
        depth += 1
        defer { depth -= 1 }
        let node = nodes[place]
        if node.isNever {
            report("false", "is not allowed")
            return Seen()
        }
        checkType(node, value)
        var seen = combinations(node, value)
        switch value.kind {
        case .number: checkNumber(node, value)
        case .string: checkString(node, value)
        case .array: checkArray(node, value.array ?? [], &seen)
        case .object: checkObject(node, value.object ?? [:], &seen)
        case .null, .bool: break
        }
        return seen
    }

    /// The problems of a value with a schema, which are not the check's own.
    mutating func trial(_ place: Int, _ value: JSONValue) -> (problems: [SchemaProblem], seen: Seen) {
        let own = problems
        problems = []
        let seen = check(place, value)
        defer { problems = own }
        return (problems, seen)
    }

    private mutating func checkType(_ node: SchemaNode, _ value: JSONValue) {
        if let types = node.types {
            let type = SchemaTypes(of: value)
            if !types.contains(type) {
                let found = type == .fraction && types.contains(.integer) ? value.description : value.kindInWords
                report("type", "must be \(types.words), found \(found)")
            }
        }
        if let values = node.enumeration, !values.contains(value) {
            report("enum", "must be \(Self.list(values)), found \(Self.short(value))")
        }
        if let constant = node.constant, constant != value {
            report("const", "must be \(Self.short(constant)), found \(Self.short(value))")
        }
    }

    private mutating func combinations(_ node: SchemaNode, _ value: JSONValue) -> Seen {
        var seen = Seen()
        if let reference = node.reference { seen.formUnion(check(reference, value)) }
        for schema in node.allOf { seen.formUnion(check(schema, value)) }
        if !node.anyOf.isEmpty { anyOf(node.anyOf, value, &seen) }
        if !node.oneOf.isEmpty { oneOf(node.oneOf, value, &seen) }
        if let not = node.not, trial(not, value).problems.isEmpty {
            report("not", "is of a kind that the schema excludes")
        }
        if let condition = node.condition {
            let result = trial(condition, value)
            if result.problems.isEmpty { seen.formUnion(result.seen) }
            if let next = result.problems.isEmpty ? node.consequence : node.alternative {
                seen.formUnion(check(next, value))
            }
        }
        if let object = value.object {
            for (key, schema) in node.dependentSchemas where object[key] != nil { seen.formUnion(check(schema, value)) }
        }
        return seen
    }

    private mutating func anyOf(_ schemas: [Int], _ value: JSONValue, _ seen: inout Seen) {
        var failures: [[SchemaProblem]] = []
        for schema in schemas {
            let result = trial(schema, value)
            if result.problems.isEmpty {
                seen.formUnion(result.seen)
                if !keepsSeen { return }
            } else {
                failures.append(result.problems)
            }
        }
        if failures.count == schemas.count { report("anyOf", failures) }
    }

    private mutating func oneOf(_ schemas: [Int], _ value: JSONValue, _ seen: inout Seen) {
        var failures: [[SchemaProblem]] = []
        for schema in schemas {
            let result = trial(schema, value)
            if result.problems.isEmpty { seen.formUnion(result.seen) } else { failures.append(result.problems) }
        }
        let fitting = schemas.count - failures.count
        if fitting == 0 { report("oneOf", failures) }
        if fitting > 1 { report("oneOf", "fits \(fitting) of \(schemas.count) alternatives, exactly one is allowed") }
    }

    /// Reports that no alternative fits. What is wrong with the one that comes nearest is more use than that.
    private mutating func report(_ keyword: String, _ failures: [[SchemaProblem]]) {
        let nearest = failures.max { left, right in
            let (a, b) = (left[0].steps.count, right[0].steps.count)
            return a == b ? left.count > right.count : a < b
        }
        guard let nearest, failures.count == 1 || nearest[0].steps.count > steps.count else {
            let reasons = failures.map { $0[0].reason }
            let all = Set(reasons).count == reasons.count && reasons.count <= 3
            report(keyword, all ? reasons.joined(separator: "; or ") : "fits none of \(failures.count) alternatives")
            return
        }
        problems += nearest
    }

    // MARK: - Words

    static func short(_ value: JSONValue) -> String {
        let text = value.description
        return text.count <= 60 ? text : "\(text.prefix(57))…"
    }

    static func list(_ values: [JSONValue]) -> String {
        if values.count == 1 { return short(values[0]) }
        let shown = values.prefix(10).map(short).joined(separator: ", ")
        return "one of \(shown)\(values.count > 10 ? ", …" : "")"
    }
}
