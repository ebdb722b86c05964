/// The tool calls of a whole answer, mended.
struct ToolAnswer: Sendable {
    let mender: ToolMender

    /// The answer as the client gets it; the very bytes that came where nothing had to change.
    /// - Parameter body: a chat completion.
    /// - Throws: `CancellationError`.
    func mended(_ body: [UInt8]) async throws -> [UInt8] {
        guard let view = try? JSONView(validating: body), let list = view["choices"],
            let choice = list.elements.first(where: { _ in true }), let message = choice["message"],
            message.kind == .object
        else { return body }
        let reason = choice["finish_reason"]?.string
        var mayAsk = true
        var content = message["content"]?.string ?? ""
        let text = content
        var found: [ToolMender.Call] = []
        if var parser = mender.parser, !content.isEmpty {
            var kept: [UInt8] = []
            for event in parser.push(content.utf8) + parser.finish(isCut: reason == "length") {
                switch event {
                case .text(let text): kept += text
                case .calls(let calls): found += try await mender.mended(calls, mayAsk: &mayAsk)
                }
            }
            content = String(decoding: kept, as: UTF8.self)
        }
        let came = message["tool_calls"].map { $0.elements.map(Self.call) } ?? []
        var calls: [ToolMender.Call] = []
        var isChanged = !found.isEmpty
        for call in came {
            guard !mender.isGood(call), reason != "length" else {
                calls.append(call)
                continue
            }
            calls.append(try await mender.mended(call, mayAsk: &mayAsk))
            isChanged = true
        }
        calls += found
        mender.remember(calls, content: content, text: came.isEmpty && !found.isEmpty ? text : nil)
        let isMisnamed = !calls.isEmpty && reason == "stop"
        guard isChanged || isMisnamed else { return body }
        var edits: [JSONEdit] = []
        if isChanged {
            let values = calls.map { call -> JSONValue in
                [
                    "id": .string(call.id), "type": "function",
                    "function": ["name": .string(call.name), "arguments": .string(call.arguments)],
                ]
            }
            edits.append(.set("tool_calls", JSONValue.array(values).bytes))
        }
        if !found.isEmpty {
            edits.append(.set("content", content.isEmpty ? JSONValue.null.bytes : JSONText.quoted(content)))
        }
        var changes: [JSONEdit] = [.set("message", message.editing(edits))]
        if isMisnamed { changes.append(.set("finish_reason", JSONText.quoted("tool_calls"))) }
        return view.editing([.set("choices", [Byte.openBracket] + choice.editing(changes) + [Byte.closeBracket])])
    }

    private static func call(_ view: JSONView) -> ToolMender.Call {
        let function = view["function"]
        let arguments = function?["arguments"]
        return ToolMender.Call(
            id: view["id"]?.string ?? "", name: function?["name"]?.string ?? "",
            arguments: arguments?.string ?? arguments.map { String(decoding: $0.text, as: UTF8.self) } ?? "")
    }
}
