/// The calls of a request's earlier turns: in a form that the engine's chat template can read, and in the model's own words
/// where they are known.
///
/// A template that wants arguments as an object gets the text parsed, and a text that is no JSON is answered with a 500, now
/// and each time the conversation is sent again.
struct ToolHistory {
    private let repairs: ToolRepairs
    private let memory: ToolMemory
    private let model: String?
    private let isEngine: Bool
    /// The ids of the last calls that have no result yet.
    private var open: [String] = []
    private var putBack = 0
    /// As `ToolRequest.Prepared.replayed`.
    private(set) var replayed: [String] = []

    init(repairs: ToolRepairs, memory: ToolMemory, model: String?, isEngine: Bool) {
        self.repairs = isEngine ? repairs : repairs.subtracting(.raw)
        self.memory = memory
        self.model = model
        self.isEngine = isEngine
    }

    var hasWork: Bool { !repairs.isDisjoint(with: [.history, .raw]) }

    /// - Throws: a 400 for content that is neither text nor parts.
    mutating func prepare(
        _ chat: ChatRequest, _ edits: inout BodyEdits, _ notes: inout ToolNotes
    ) throws(APIError) {
        guard let messages = chat.body["messages"] else { return }
        var index = 0
        for message in messages.elements {
            if let changed = try prepared(Members(message), message, index: index, &notes) {
                edits.replace(message, with: changed)
            }
            index += 1
        }
        if putBack > 0 { notes.add("\(putBack) tool calls put back as the model wrote them") }
        if !replayed.isEmpty { notes.add("\(replayed.count) tool calls put back as text") }
    }

    /// What matters in a message, found in one walk over it.
    private struct Members {
        var isAssistant = false
        var isTool = false
        var content: JSONView?
        var calls: JSONView?
        var callID: JSONView?
        /// Members that are null and may not be.
        var nulls: [String] = []

        init(_ message: JSONView) {
            for (key, value) in message.members {
                if key.equals("role") {
                    isAssistant = value.equals("assistant")
                    isTool = value.equals("tool")
                } else if key.equals("content") {
                    content = value
                } else if key.equals("tool_calls") {
                    calls = value
                } else if key.equals("tool_call_id") {
                    callID = value
                } else if value.isNull, let name = Self.strings.first(where: { key.equals($0) }) {
                    nulls.append(name)
                }
            }
        }

        private static let strings = ["reasoning_content", "name"]
    }

    /// The message with its changes; nil if there are none.
    private mutating func prepared(
        _ members: Members, _ message: JSONView, index: Int, _ notes: inout ToolNotes
    ) throws(APIError) -> [UInt8]? {
        var edits: [JSONEdit] = []
        var hasCalls = members.calls != nil
        if let calls = members.calls, calls.kind == .array {
            open = []
            if let text = rawText(calls, content: members.content) {
                edits = [.set("content", JSONText.quoted(text)), .remove("tool_calls")]
            } else if let changed = prepared(calls: calls, message: index, &notes) {
                hasCalls = changed.count > 2
                edits.append(hasCalls ? .set("tool_calls", changed) : .remove("tool_calls"))
            }
        } else if let calls = members.calls, !calls.isNull, repairs.contains(.history) {
            hasCalls = false
            edits.append(.remove("tool_calls"))
            notes.add("messages[\(index)].tool_calls removed, it is no array")
        } else if members.isTool, repairs.contains(.history) {
            if let id = pairedID(members.callID) {
                edits.append(.set("tool_call_id", JSONText.quoted(id)))
                notes.add("messages[\(index)].tool_call_id added")
            } else if members.callID?.isNull ?? false {
                edits.append(.remove("tool_call_id"))
                notes.add("messages[\(index)].tool_call_id removed, it is null")
            }
        }
        guard repairs.contains(.history), isEngine else { return edits.isEmpty ? nil : message.editing(edits) }
        for name in members.nulls {
            edits.append(.remove(name))
            notes.add("messages[\(index)].\(name) removed, it is null")
        }
        if let kind = members.content?.kind, ![.string, .array, .null].contains(kind) {
            let place = "messages[\(index)].content"
            throw .invalid(place, "'\(place)' must be a string or an array of parts")
        }
        if members.content == nil, !members.isAssistant || !hasCalls {
            edits.append(.set("content", JSONText.quoted("")))
            notes.add("messages[\(index)].content added")
        }
        return edits.isEmpty ? nil : message.editing(edits)
    }

    /// Calls that wait for their results beyond this number are not paired: nobody makes so many in one answer.
    private static let openLimit = 1000

    /// The id for a result that has none: that of the first call without a result.
    private mutating func pairedID(_ id: JSONView?) -> String? {
        if let id, id.kind == .string, id.range.count > 2 {
            if open.count <= Self.openLimit { open.removeAll { id.equals($0) } }
            return nil
        }
        let text = id.flatMap(Self.textOfID)
        if let text, let place = open.firstIndex(of: text) {
            open.remove(at: place)
            return text
        }
        return text ?? (open.isEmpty ? nil : open.removeFirst())
    }

    /// An id as text; a number is its digits.
    private static func textOfID(_ id: JSONView) -> String? {
        if let text = id.string { return text.isEmpty ? nil : text }
        return id.int.map(String.init)
    }

    // MARK: - Calls

    /// Where a call stands, in the words of a note.
    private struct Place: CustomStringConvertible {
        let message: Int
        let call: Int
        var description: String { "messages[\(message)].tool_calls[\(call)]" }
    }

    /// The list of calls with its changes; nil if there are none.
    private mutating func prepared(calls: JSONView, message: Int, _ notes: inout ToolNotes) -> [UInt8]? {
        var edits = BodyEdits()
        var kept: [ArraySlice<UInt8>] = []
        var position = 0
        for call in calls.elements {
            defer { position += 1 }
            let place = Place(message: message, call: position)
            var (id, type, function): (JSONView?, JSONView?, JSONView?)
            for (key, value) in call.members {
                if key.equals("id") {
                    id = value
                } else if key.equals("type") {
                    type = value
                } else if key.equals("function") {
                    function = value
                }
            }
            guard let function, function.kind == .object else {
                if repairs.contains(.history) { notes.add("\(place) removed, it is no call of a function") }
                continue
            }
            let text = id.flatMap(Self.textOfID) ?? "call_\(message)_\(position)"
            open.append(text)
            var changes: [JSONEdit] = []
            if repairs.contains(.history) {
                if id?.kind != .string || id?.range.count == 2 {
                    changes.append(.set("id", JSONText.quoted(text)))
                    notes.add("\(place).id added")
                }
                if type?.kind != .string {
                    changes.append(.set("type", ToolDefinitions.functionType))
                    notes.add("\(place).type added")
                }
            }
            if let changed = prepared(function, id: text, place, &notes) { changes.append(.set("function", changed)) }
            let changed = changes.isEmpty ? nil : call.editing(changes)
            if let changed { edits.replace(call, with: changed) }
            kept.append(changed.map { $0[...] } ?? call.text)
        }
        if repairs.contains(.history), kept.count < position { return ToolDefinitions.text(of: kept) }
        return edits.isEmpty ? nil : edits.applied(to: calls.document, in: calls.range)
    }

    /// The function with its changes; nil if there are none.
    private mutating func prepared(
        _ function: JSONView, id: String, _ place: Place, _ notes: inout ToolNotes
    ) -> [UInt8]? {
        var name: JSONView?
        var given: JSONView?
        for (key, value) in function.members {
            if key.equals("name") { name = value } else if key.equals("arguments") { given = value }
        }
        var edits: [JSONEdit] = []
        if repairs.contains(.history), name?.kind != .string {
            edits.append(.set("name", JSONText.quoted("")))
            notes.add("\(place).name added")
        }
        if let arguments = arguments(given, name: name, id: id, place, &notes) {
            edits.append(.set("arguments", JSONText.quoted(arguments)))
        }
        return edits.isEmpty ? nil : function.editing(edits)
    }

    /// The arguments as they should be; nil where they may stay.
    private mutating func arguments(
        _ given: JSONView?, name: JSONView?, id: String, _ place: Place, _ notes: inout ToolNotes
    ) -> String? {
        if repairs.contains(.raw), let given, let known = memory.call(id), known.isObject {
            if given.equals(known.arguments) { return nil }
            if name?.equals(known.name) ?? false, ArgumentText.isEqual(given, known.arguments) {
                putBack += 1
                return known.arguments
            }
        }
        guard repairs.contains(.history), let repaired = ArgumentText.repaired(given) else { return nil }
        notes.add("\(place).arguments repaired: \(repaired.what)")
        return repaired.text
    }

    // MARK: - Whole answers

    /// The text that the model wrote for an answer whose calls were found in it; nil if it is not known, or if the client
    /// changed anything.
    private mutating func rawText(_ calls: JSONView, content: JSONView?) -> String? {
        guard repairs.contains(.raw), memory.hasTexts,
            let id = calls.elements.first(where: { _ in true })?["id"]?.string,
            let answer = memory.answer(withCall: id), let text = answer.text, answer.model == model
        else { return nil }
        // Clients trim texts.
        let given = Self.trimmed(content?.string ?? "")
        guard content?.kind != .array, given == Self.trimmed(answer.content) else { return nil }
        var position = 0
        for call in calls.elements {
            guard position < answer.calls.count else { return nil }
            let known = answer.calls[position]
            guard call["id"]?.equals(known.id) ?? false, let function = call["function"],
                function["name"]?.equals(known.name) ?? false, let arguments = function["arguments"],
                ArgumentText.isEqual(arguments, known.arguments)
            else { return nil }
            position += 1
        }
        guard position == answer.calls.count else { return nil }
        replayed += answer.calls.map(\.id)
        return text
    }

    private static func trimmed(_ text: String) -> ArraySlice<UInt8> {
        var bytes = Array(text.utf8)[...]
        while let first = bytes.first, first <= Byte.space { bytes.removeFirst() }
        while let last = bytes.last, last <= Byte.space { bytes.removeLast() }
        return bytes
    }
}
