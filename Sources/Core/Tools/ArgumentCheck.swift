/// Holds arguments against a tool's schema, and changes what models get wrong: text in the place of numbers and lists, the
/// spelling of names, nulls for what is not there.
struct ArgumentCheck: Sendable {
    private let schema: JSONSchema?
    /// What the schema says of the arguments as a whole; nil without one.
    let place: SchemaPlace?

    /// The most changes to make.
    private static let limit = 32
    private static let wrappers: Set<String> = ["arguments", "args", "parameters", "params", "input", "kwargs"]

    /// - Parameter schema: a tool's parameters. Where they are no schema that can be followed, all arguments fit.
    init(_ schema: JSONValue?) {
        self.schema = schema.flatMap { try? JSONSchema($0) }
        place = schema.map { SchemaPlace(root: $0) }
    }

    func problems(_ value: JSONValue) -> [SchemaProblem] { schema?.problems(in: value) ?? [] }

    /// The arguments as they fit, and what was changed; nil if they cannot be made to.
    func fitting(_ value: JSONValue) -> (value: JSONValue, notes: [String])? {
        var value = value
        var notes: [String] = []
        for _ in 0..<Self.limit {
            let problems = problems(value)
            if problems.isEmpty { return (value, notes) }
            guard let (better, note) = step(value, problems) else { return nil }
            value = better
            notes.append(note)
        }
        return nil
    }

    // MARK: - One change

    private struct Change {
        let value: JSONValue
        let note: String
    }

    /// The arguments with one problem less.
    private func step(_ value: JSONValue, _ problems: [SchemaProblem]) -> (JSONValue, String)? {
        if let inner = unwrapped(value), self.problems(inner).count < problems.count {
            return (inner, "the arguments were wrapped once more")
        }
        for problem in problems {
            for change in changes(for: problem, in: value) {
                let left = self.problems(change.value)
                let isSolved = !left.contains { $0.steps == problem.steps && $0.keyword == problem.keyword }
                if left.count < problems.count || isSolved && left.count <= problems.count {
                    return (change.value, change.note)
                }
            }
        }
        return nil
    }

    /// The object within `{"arguments": {…}}`.
    private func unwrapped(_ value: JSONValue) -> JSONValue? {
        guard let object = value.object, object.count == 1, let (key, inner) = object.first(where: { _ in true }),
            Self.wrappers.contains(key), place?.properties.contains(key) == false
        else { return nil }
        if inner.kind == .object { return inner }
        return inner.string.flatMap { JSONRepair.object($0)?.value }
    }

    private func changes(for problem: SchemaProblem, in value: JSONValue) -> [Change] {
        guard let part = value.part(at: problem.steps) else { return [] }
        let place = place?.at(problem.steps)
        let name = problem.path.isEmpty ? "the arguments" : problem.path
        var changes: [Change] = []
        if part.kind == .object, let place {
            changes += renamings(of: part, place).map { renamed, note in
                Change(value: value.replacing(problem.steps, with: renamed), note: note)
            }
        }
        let conversions = place.map { self.conversions(of: part, $0) } ?? []
        changes += conversions.map { converted in
            Change(
                value: value.replacing(problem.steps, with: converted),
                note: "\(name) was \(part.kindInWords), became \(converted.kindInWords)")
        }
        if part.isNull, case .key = problem.steps.last {
            changes.append(
                Change(value: value.replacing(problem.steps, with: nil), note: "\(name) left out, it was null"))
        }
        if let values = place?.values, let text = part.string {
            let same = values.filter { $0.string.map { OfferedTools.plain($0) == OfferedTools.plain(text) } ?? false }
            if same.count == 1 {
                changes.append(
                    Change(value: value.replacing(problem.steps, with: same[0]), note: "\(name) spelt as in its list"))
            }
        }
        return changes + removals(problem, in: value)
    }

    /// A member that the schema does not know goes, if nothing else helps.
    private func removals(_ problem: SchemaProblem, in value: JSONValue) -> [Change] {
        let isUnknown = ["additionalProperties", "unevaluatedProperties"].contains(problem.keyword)
        guard isUnknown else { return [] }
        var changes: [Change] = []
        for steps in [problem.steps, Array(problem.steps.dropLast())] {
            guard let object = value.part(at: steps)?.object, let place = place?.at(steps) else { continue }
            for key in object.keys where !place.properties.contains(key) {
                changes.append(
                    Change(
                        value: value.replacing(steps + [.key(key)], with: nil),
                        note: "\(key) left out, the tool does not know it"))
            }
        }
        return changes
    }

    /// An object with one member of an unknown name under the name that it most likely stands for.
    private func renamings(of part: JSONValue, _ place: SchemaPlace) -> [(JSONValue, String)] {
        guard let object = part.object else { return [] }
        let absent = place.properties.filter { object[$0] == nil }
        var found: [(JSONValue, String)] = []
        for key in object.keys where !place.properties.contains(key) {
            let same = absent.filter { OfferedTools.plain($0) == OfferedTools.plain(key) }
            // A name that is only near must be one that is missing.
            let near = Spelling.nearest(to: key, among: absent.filter { place.required.contains($0) })
            guard let name = same.count == 1 ? same[0] : near else { continue }
            var renamed = JSONObject()
            for (old, value) in object { renamed[old == key ? name : old] = value }
            found.append((.object(renamed), "\(key) became \(name)"))
        }
        return found
    }

    /// The value in the types that it should have.
    private func conversions(of value: JSONValue, _ place: SchemaPlace) -> [JSONValue] {
        let types = place.types
        var found: [JSONValue] = []
        if let text = value.string {
            let parsed = (try? JSONValue(parsing: Array(text.utf8))) ?? JSONRepair.container(text)?.value
            if let parsed, parsed.kind != .string { found.append(parsed) }
            switch text.lowercased() {
            case "true", "yes", "on": if types.contains("boolean") { found.append(true) }
            case "false", "no", "off": if types.contains("boolean") { found.append(false) }
            default: break
            }
        } else if types.contains("string"), value.kind == .number || value.kind == .bool {
            found.append(.string(String(decoding: value.bytes, as: UTF8.self)))
        }
        if types.contains("array"), value.kind != .array, !value.isNull { found.append([value]) }
        if types.contains("string"), value.kind == .object || value.kind == .array {
            if let elements = value.array, elements.count == 1, elements[0].kind == .string {
                found.append(elements[0])
            }
            found.append(.string(String(decoding: value.bytes, as: UTF8.self)))
        }
        return found
    }
}

extension JSONValue {
    /// A part of this value.
    func part(at steps: [SchemaProblem.Step]) -> JSONValue? {
        steps.reduce(JSONValue?.some(self)) { value, step in
            switch step {
            case .key(let key): value?[key]
            case .index(let index): value?[index]
            }
        }
    }

    /// This value with another part in the place of one, or, where that is a member, without it.
    func replacing(_ steps: some Collection<SchemaProblem.Step>, with part: JSONValue?) -> JSONValue {
        guard let step = steps.first else { return part ?? self }
        var copy = self
        switch step {
        case .key(let key):
            guard let member = self[key] else { return self }
            copy[key] = steps.count == 1 ? part : member.replacing(steps.dropFirst(), with: part)
        case .index(let index):
            guard var elements = array, elements.indices.contains(index) else { return self }
            elements[index] = elements[index].replacing(steps.dropFirst(), with: part)
            copy = .array(elements)
        }
        return copy
    }
}
