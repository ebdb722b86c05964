/// Makes calls fit the tools that they are of.
struct CallRepair: Sendable {
    /// A call as it may go to the client.
    struct Result: Sendable, Equatable {
        let name: String
        /// A JSON object's text; the model's own where nothing was wrong with it.
        let arguments: String
        /// What was changed, a few words each; none if nothing was.
        let notes: [String]
    }

    let tools: OfferedTools

    /// The call, repaired where it had to be; nil where it is of no tool on offer or cannot be made to fit its schema.
    func repair(name: String, arguments: String) -> Result? {
        guard let tool = tools.tool(meant: name) else { return nil }
        var notes = tool == name ? [] : ["tool name \(name) became \(tool)"]
        let checker = ArgumentCheck(tools.schema(of: tool))
        guard let (value, what) = Self.value(of: arguments, checker) else { return nil }
        if !what.isEmpty { notes.append("\(tool): arguments repaired: \(what.joined(separator: ", "))") }
        guard let fitting = checker.fitting(value) else { return nil }
        notes += fitting.notes.map { "\(tool): \($0)" }
        let isSame = what.isEmpty && fitting.notes.isEmpty
        return Result(
            name: tool, arguments: isSame ? arguments : String(decoding: fitting.value.bytes, as: UTF8.self),
            notes: notes)
    }

    /// What is wrong with a call, in words for the model that wrote it.
    func problems(name: String, arguments: String) -> [String] {
        let checker = ArgumentCheck(tools.tool(meant: name).flatMap { tools.schema(of: $0) })
        do {
            let value = try JSONValue(parsing: Array(arguments.utf8))
            guard value.kind == .object else { return ["the arguments must be a JSON object"] }
            return checker.problems(value).map(\.description)
        } catch {
            return ["the arguments are no JSON: \(error)"]
        }
    }

    /// The object that the arguments' text stands for.
    private static func value(of text: String, _ checker: ArgumentCheck) -> (value: JSONValue, what: [String])? {
        let bytes = Array(text.utf8)
        if bytes.allSatisfy({ $0 <= Byte.space }) { return ([:], ["there were none"]) }
        if let value = try? JSONValue(parsing: bytes) {
            switch value.kind {
            case .object: return (value, [])
            case .null: return ([:], ["there were none"])
            case .array: return wrapped(value, checker)
            default: break
            }
        }
        for (candidate, note) in [(bytes, []), (JSONBalance.closed(bytes), ["missing brackets"])] {
            guard let candidate else { continue }
            if !note.isEmpty, let value = try? JSONValue(parsing: candidate), value.kind == .object {
                return (value, note)
            }
            // What broke off in a word may be any word: it is for the model to say it again.
            guard let found = JSONRepair.container(String(decoding: candidate, as: UTF8.self)),
                !found.what.contains(JSONRepair.cutOff)
            else { continue }
            if found.value.kind == .object { return (found.value, note + found.what) }
            return wrapped(found.value, checker).map { ($0.value, note + found.what + $0.what) }
        }
        return nil
    }

    /// An array in the place of the object: the only element of a list, or the value of the tool's only member.
    private static func wrapped(
        _ array: JSONValue, _ checker: ArgumentCheck
    ) -> (value: JSONValue, what: [String])? {
        if let place = checker.place, let name = place.required.count == 1 ? place.required.first : nil,
            place.step(.key(name))?.types.contains("array") ?? false
        {
            return ([name: array], ["the list of \(name) alone"])
        }
        guard let elements = array.array, elements.count == 1, elements[0].kind == .object else { return nil }
        return (elements[0], ["a list of one"])
    }
}
