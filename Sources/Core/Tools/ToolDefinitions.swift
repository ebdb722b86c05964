/// Tool definitions as llama-server takes them: it answers 500 for a description that is null, for a tool of another kind than
/// a function or without a name, and for a part of a schema it does not know, and one such tool spoils the request.
enum ToolDefinitions {
    /// `function`, the only type of a tool and of a call.
    static let functionType = JSONText.quoted("function")

    /// A list of tools without what engines refuse. Tools that need nothing keep their bytes.
    static func clean(_ list: JSONView) -> ToolLists.Verdict {
        var tools: [ArraySlice<UInt8>] = []
        var notes: [String] = []
        for (index, tool) in list.elements.enumerated() {
            let kind = tool["type"].flatMap { $0.isNull ? nil : $0 }
            if let kind, !kind.equals("function") {
                notes.append("tool of type \(kind.string ?? "?") removed, engines know functions only")
                continue
            }
            guard isFlat(tool) || tool["function"]?["name"]?.kind == .string else {
                notes.append("tools[\(index)] removed, it is no function with a name")
                continue
            }
            let (changed, made) = clean(tool, hasType: kind != nil)
            tools.append(changed.map { $0[...] } ?? tool.text)
            notes += made
        }
        guard !notes.isEmpty else { return ToolLists.Verdict(changed: nil, notes: []) }
        return ToolLists.Verdict(changed: text(of: tools), notes: notes)
    }

    /// A list of values.
    static func text(of values: [ArraySlice<UInt8>]) -> [UInt8] {
        [Byte.openBracket] + values.joined(separator: [Byte.comma]) + [Byte.closeBracket]
    }

    /// Whether it has the newer API's form, in which a function's parts stand in the tool itself.
    private static func isFlat(_ tool: JSONView) -> Bool {
        tool["function"] == nil && tool["name"]?.kind == .string
    }

    private static func clean(_ tool: JSONView, hasType: Bool) -> (changed: [UInt8]?, notes: [String]) {
        let isFlat = isFlat(tool)
        guard let function = isFlat ? tool : tool["function"], function.kind == .object else { return (nil, []) }
        let name = "tool \(function["name"]?.string ?? "?")"
        let (changed, made) = clean(function)
        var notes = made.map { "\(name): \($0)" }
        if isFlat {
            notes.append("\(name): put into a function")
            var inner = JSONValue(JSONView(document: changed ?? Array(tool.text)))
            inner["type"] = nil
            let whole: JSONValue = ["type": "function", "function": inner]
            return (whole.bytes, notes)
        }
        var edits: [JSONEdit] = []
        if let changed { edits.append(.set("function", changed)) }
        if !hasType {
            edits.append(.set("type", functionType))
            notes.append("\(name): type added")
        }
        return (edits.isEmpty ? nil : tool.editing(edits), notes)
    }

    private static func clean(_ function: JSONView) -> (changed: [UInt8]?, notes: [String]) {
        var edits: [JSONEdit] = []
        var notes: [String] = []
        if let description = function["description"], description.kind != .string {
            edits.append(.remove("description"))
            notes.append("description removed, it is no string")
        }
        if let parameters = function["parameters"] {
            let (cleaned, made) = SchemaCleaning.clean(JSONValue(parameters))
            if !made.isEmpty { edits.append(.set("parameters", cleaned.bytes)) }
            notes += made.map { "parameters \($0)" }
        }
        return (edits.isEmpty ? nil : function.editing(edits), notes)
    }
}

extension JSONView {
    /// The value that a text is, which is known to be valid and to have no space around it.
    init(document: [UInt8]) { self.init(document: document, start: 0, end: document.count) }
}
