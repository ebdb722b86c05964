/// A `tool_choice` in the words that llama-server knows: it takes an object for `auto`, without a word.
struct ToolChoice {
    /// `auto`, `none` or `required`.
    let word: String
    /// The tools that may be called, a list of its own; nil where all may.
    let tools: JSONView?
    let note: String

    /// What a choice means, in OpenAI's forms and in Anthropic's; nil if it may stay as it is, or if nobody knows it.
    /// - Throws: a 400 if it names a tool that is not on offer.
    init?(_ choice: JSONView, tools: JSONView?) throws(APIError) {
        if choice.equals("any") {
            (word, self.tools, note) = ("required", nil, "tool_choice any became required")
            return
        }
        guard choice.kind == .object else { return nil }
        let allowed = choice["allowed_tools"] ?? choice
        if let list = allowed["tools"], list.kind == .array {
            let names = list.elements.map { ($0["function"] ?? $0)["name"]?.string ?? "" }
            word = allowed["mode"]?.equals("required") ?? false ? "required" : "auto"
            self.tools = try Self.tools(tools, named: Array(names))
            note = "tool_choice allowed_tools became \(names.count) tools and \(word)"
        } else if let name = (choice["function"] ?? choice)["name"]?.string {
            word = "required"
            self.tools = try Self.tools(tools, named: [name])
            note = "tool_choice \(name) became that tool alone and required"
        } else {
            let words = ["auto": "auto", "none": "none", "required": "required", "any": "required"]
            guard let type = choice["type"]?.string, let word = words[type] else { return nil }
            (self.word, self.tools, note) = (word, nil, "tool_choice object became \(word)")
        }
    }

    private static func tools(_ tools: JSONView?, named names: [String]) throws(APIError) -> JSONView {
        let offered = tools.map { Array($0.elements) } ?? []
        let known = offered.compactMap { $0["function"]?["name"]?.string }
        for name in names where !known.contains(name) {
            let near = Spelling.nearest(to: name, among: known).map { ": did you mean '\($0)'?" } ?? ""
            let message = "'tool_choice' names '\(name)', which is not among the request's tools"
            throw .invalid("tool_choice", message + near)
        }
        let kept = offered.filter { tool in names.contains { tool["function"]?["name"]?.equals($0) ?? false } }
        return JSONView(document: ToolDefinitions.text(of: kept.map(\.text)))
    }
}
