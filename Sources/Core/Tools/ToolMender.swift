/// What is done about the tool calls in the answer to one request: calls are found in the text, repaired, asked for once more,
/// and remembered as the model wrote them.
struct ToolMender: Sendable {
    /// A call on its way to the client.
    struct Call: Sendable {
        var id: String
        var name: String
        /// A JSON object's text, unless nothing could be done about it.
        var arguments: String
    }

    let chat: ChatRequest
    let repairs: ToolRepairs
    let tools: OfferedTools
    private let memory: ToolMemory
    private let note: @Sendable ([String]) -> Void
    private let again: @Sendable (ToolRetry) async throws -> JSONValue?
    private let newID: @Sendable () -> String

    /// Nil where there is nothing to do: for a request without tools, or with all of it switched off.
    /// - Parameters:
    ///   - chat: the request as the engine gets it.
    ///   - note: gets what was changed, a few words each.
    ///   - again: sends a request to the same engine and returns the whole answer; nil where that failed.
    ///   - newID: ids for calls that have none.
    init?(
        _ chat: ChatRequest, repairs: ToolRepairs, memory: ToolMemory, note: @escaping @Sendable ([String]) -> Void,
        again: @escaping @Sendable (ToolRetry) async throws -> JSONValue?,
        newID: @escaping @Sendable () -> String = { ToolMender.randomID() }
    ) {
        guard chat.kind == .chat, chat.tools != nil, !repairs.isDisjoint(with: [.text, .calls, .raw]),
            chat.body["n"]?.int ?? chat.body["n_cmpl"]?.int ?? 1 == 1
        else { return nil }
        let tools = OfferedTools(chat.tools)
        guard !tools.isEmpty else { return nil }
        self.chat = chat
        self.repairs = repairs
        self.tools = tools
        self.memory = memory
        self.note = note
        self.again = again
        self.newID = newID
    }

    /// Looks for calls in the text; nil where that is switched off, or where none may be there.
    var parser: TextCallParser? {
        guard repairs.contains(.text), chat.toolChoice?.equals("none") != true else { return nil }
        return TextCallParser(tools, readsJSON: !chat.isJSON)
    }

    /// Whether a call may go out as it came.
    func isGood(_ call: Call) -> Bool {
        guard !call.id.isEmpty, !call.name.isEmpty else { return false }
        guard repairs.contains(.calls) else { return true }
        return CallRepair(tools: tools).repair(name: call.name, arguments: call.arguments)?.notes.isEmpty ?? false
    }

    /// A call as it goes to the client.
    /// - Parameter mayAsk: whether the engine may still be asked; false afterwards if it was.
    /// - Throws: `CancellationError`.
    func mended(_ call: Call, mayAsk: inout Bool) async throws -> Call {
        var call = call
        if call.id.isEmpty {
            call.id = newID()
            note(["a tool call without an id got one"])
        }
        guard repairs.contains(.calls) else { return call }
        let repair = CallRepair(tools: tools)
        if let found = repair.repair(name: call.name, arguments: call.arguments) {
            note(found.notes)
            return Call(id: call.id, name: found.name, arguments: found.arguments)
        }
        guard let tool = tools.tool(meant: call.name) else {
            note(["tool call \(call.name): there is no such tool"])
            return call
        }
        let problems = repair.problems(name: call.name, arguments: call.arguments)
        let complaint = problems.first.map { ": \($0)" } ?? ""
        if mayAsk, repairs.contains(.retry),
            let retry = ToolRetry(
                chat, tool: tool, arguments: call.arguments, problems: problems, schema: tools.schema(of: tool))
        {
            mayAsk = false
            if let arguments = try await answer(to: retry).flatMap({ retry.arguments(in: $0) }),
                let found = repair.repair(name: tool, arguments: arguments)
            {
                note(["\(tool): asked again\(complaint)"] + found.notes)
                return Call(id: call.id, name: tool, arguments: found.arguments)
            }
            note(["\(tool): asked again in vain\(complaint)"])
        } else {
            note(["\(tool): the call does not fit\(complaint)"])
        }
        return call
    }

    /// Calls that stood in the text.
    func mended(_ calls: [TextCall], mayAsk: inout Bool) async throws -> [Call] {
        note(calls.map { "tool call \($0.name) found in the text" })
        var mended: [Call] = []
        for call in calls {
            let call = Call(id: newID(), name: call.name, arguments: call.arguments)
            mended.append(try await self.mended(call, mayAsk: &mayAsk))
        }
        return mended
    }

    /// Remembers an answer, for when the client sends it again.
    func remember(_ calls: [Call], content: String, text: String?) {
        guard repairs.contains(.raw), !calls.isEmpty else { return }
        memory.remember(
            ToolMemory.Answer(
                model: chat.model,
                calls: calls.map { ToolMemory.Call(id: $0.id, name: $0.name, arguments: $0.arguments) },
                content: content, text: text))
    }

    /// An id that every template takes: Mistral's wants nine letters and digits.
    static func randomID() -> String {
        let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
        return String((0..<9).map { _ in letters[Int.random(in: 0..<letters.count)] })
    }

    private func answer(to retry: ToolRetry) async throws -> JSONValue? {
        do {
            return try await again(retry)
        } catch let error as CancellationError {
            throw error
        } catch {
            return nil
        }
    }
}
