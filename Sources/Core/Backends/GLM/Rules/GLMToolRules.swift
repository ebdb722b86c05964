/// The tools on offer.
enum GLMToolRules {
    /// The most tools one request may offer.
    static let mostTools = 128

    /// `tool_choice` can only be `auto`. None is kept by offering nothing, a named tool by offering it alone.
    static func choice(_ draft: inout GLMDraft) {
        let choice = draft.body["tool_choice"]
        if draft.body["tools"]?.isNull == true || draft.body["tools"]?.array?.isEmpty == true {
            draft.body["tools"] = nil
        }
        guard let choice else { return }
        draft.body["tool_choice"] = nil
        guard draft.body["tools"] != nil, !choice.isNull else { return }

        if choice.string == "none" {
            draft.body["tools"] = nil
            return
        }
        draft.body["tool_choice"] = "auto"
        if choice.string == "auto" { return }
        if let name = (choice["function"] ?? choice)["name"]?.string {
            offer(only: [name], &draft)
            draft.note("tool_choice \(name) became auto with that tool alone: GLM does not force calls")
        } else if let allowed = choice["allowed_tools"] {
            offer(only: allowed["tools"]?.array?.compactMap { ($0["function"] ?? $0)["name"]?.string } ?? [], &draft)
            if allowed["mode"]?.string == "required" { draft.note(forced) }
        } else {
            draft.note(forced)
        }
    }

    /// A function needs a description and parameters; `strict` is OpenAI's.
    static func definitions(_ draft: inout GLMDraft) {
        guard !draft.tools.isEmpty else { return }
        if draft.tools.count > mostTools {
            draft.note("GLM takes at most \(mostTools) tools; \(draft.tools.count) were sent")
        }
        draft.tools = draft.tools.map { tool in
            guard let function = tool["function"]?.object else { return tool }
            var tool = tool
            var changed = function
            changed["strict"] = nil
            if changed["description"]?.string?.isEmpty ?? true { changed["description"] = changed["name"] }
            if changed["parameters"]?.object == nil { changed["parameters"] = ["type": "object", "properties": [:]] }
            if tool["type"]?.string == nil { tool["type"] = "function" }
            if changed != function { tool["function"] = .object(changed) }
            return tool
        }
    }

    /// A function's name is 1 to 64 letters, digits, `_` and `-`; others are respelt here and in the calls of earlier
    /// turns, and spelt back in the answer.
    static func names(_ draft: inout GLMDraft) {
        let offered = draft.tools.compactMap { $0["function"]?["name"]?.string }
        let called = draft.messages.flatMap { $0["tool_calls"]?.array ?? [] }.compactMap {
            $0["function"]?["name"]?.string
        }
        let spelling = spellings(offered + called)
        guard !spelling.isEmpty else { return }

        draft.tools = draft.tools.map { renamed($0, spelling) }
        draft.changeMessages { _, message in
            GLMToolCallRules.changingCalls(of: message) { renamed($0, spelling) }
        }
        draft.local.toolNames = Dictionary(spelling.map { ($0.value, $0.key) }, uniquingKeysWith: { first, _ in first })
    }

    /// The spelling for GLM of each name that needs one, no two alike.
    static func spellings(_ names: [String]) -> [String: String] {
        var taken = Set(names.filter(isValid))
        var spelling: [String: String] = [:]
        for name in names where spelling[name] == nil && !isValid(name) {
            let plain = String(
                decoding: name.utf8.prefix(longestName).map { isValid($0) ? $0 : UInt8(ascii: "_") }, as: UTF8.self)
            var candidate = plain.isEmpty ? "tool" : plain
            var number = 2
            while taken.contains(candidate) {
                let suffix = "_\(number)"
                candidate = plain.prefix(longestName - suffix.utf8.count) + suffix
                number += 1
            }
            taken.insert(candidate)
            spelling[name] = candidate
        }
        return spelling
    }

    private static let longestName = 64
    private static let forced = "tool_choice required became auto: GLM does not force calls"

    private static func offer(only names: [String], _ draft: inout GLMDraft) {
        let kept = draft.tools.filter { tool in names.contains { $0 == tool["function"]?["name"]?.string } }
        // A choice that names no tool on offer is a mistake which is the gateway's to report, not a reason to offer none.
        if !kept.isEmpty { draft.tools = kept }
    }

    private static func renamed(_ item: JSONValue, _ spelling: [String: String]) -> JSONValue {
        guard var function = item["function"], let name = function["name"]?.string, let other = spelling[name] else {
            return item
        }
        var item = item
        function["name"] = .string(other)
        item["function"] = function
        return item
    }

    private static func isValid(_ name: String) -> Bool {
        1...longestName ~= name.utf8.count && name.utf8.allSatisfy(isValid)
    }

    private static func isValid(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"): true
        default: false
        }
    }
}
