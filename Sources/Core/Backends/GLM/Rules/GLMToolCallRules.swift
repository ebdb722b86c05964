/// Tool calls of earlier turns, and the results that belong to them.
enum GLMToolCallRules {
    /// Every call has an id that is a string, and its result names it. Ids that are missing are made from the places of
    /// the message and the call, so that they are the same whenever the conversation is sent again.
    static func identifiers(_ draft: inout GLMDraft) {
        var place = -1
        var open: [String] = []
        draft.changeMessages { role, message in
            place += 1
            switch role {
            case "assistant":
                let (changed, ids) = identified(message, place: place)
                open = ids
                return changed
            case "tool":
                return paired(message, open: &open)
            default:
                return message
            }
        }
    }

    /// Arguments are a string of JSON; some clients replay them parsed.
    static func arguments(_ draft: inout GLMDraft) {
        draft.changeMessages { _, message in
            changingCalls(of: message) { call in
                guard let function = call["function"], let arguments = argumentText(function["arguments"]) else {
                    return call
                }
                var call = call
                var changed = function
                changed["arguments"] = arguments
                call["function"] = changed
                return call
            }
        }
    }

    /// A message with each of its tool calls replaced by what `change` makes of it.
    static func changingCalls(of message: JSONValue, _ change: (JSONValue) -> JSONValue) -> JSONValue {
        guard let calls = message["tool_calls"]?.array else { return message }
        let changed = calls.map(change)
        guard changed != calls else { return message }
        var message = message
        message["tool_calls"] = .array(changed)
        return message
    }

    /// Arguments as they must be written; nil where they are right already.
    private static func argumentText(_ arguments: JSONValue?) -> JSONValue? {
        guard let arguments, !arguments.isNull else { return "{}" }
        if arguments.string != nil { return nil }
        return .string(String(decoding: arguments.bytes, as: UTF8.self))
    }

    private static func identified(_ message: JSONValue, place: Int) -> (JSONValue, ids: [String]) {
        var ids: [String] = []
        let changed = changingCalls(of: message) { call in
            let id = textOfID(call["id"]) ?? "call_\(place)_\(ids.count)"
            ids.append(id)
            var call = call
            if call["id"]?.string != id { call["id"] = .string(id) }
            if call["type"]?.string == nil { call["type"] = "function" }
            return call
        }
        return (changed, ids)
    }

    /// A result with the id of the call it answers: its own if that call is open, else the first open one's.
    private static func paired(_ message: JSONValue, open: inout [String]) -> JSONValue {
        let own = textOfID(message["tool_call_id"])
        let match = own.flatMap { open.firstIndex(of: $0) } ?? (open.isEmpty ? nil : 0)
        guard let id = match.map({ open.remove(at: $0) }) ?? own, message["tool_call_id"]?.string != id else {
            return message
        }
        var message = message
        message["tool_call_id"] = .string(id)
        return message
    }

    /// The id as text; a number is its digits.
    private static func textOfID(_ id: JSONValue?) -> String? {
        guard let id else { return nil }
        if let text = id.string { return text.isEmpty ? nil : text }
        return id.int.map(String.init)
    }
}
