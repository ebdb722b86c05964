/// The tool calls of a stream, mended while it comes.
///
/// Chunks in which nothing changes go on as their own bytes. Text goes on at once, but for what may be the beginning of a
/// call. An engine's own calls are held until they are complete and fit, since a client takes a call for settled as soon as
/// its arguments parse.
struct ToolStream: Sendable {
    private let mender: ToolMender
    private var parser: TextCallParser?
    private var calls = ToolStreamCalls()
    private var mayAsk = true
    /// What went to the client, and what the model wrote.
    private var record: ToolStreamRecord
    /// The chunk that new ones are modelled on.
    private var model: JSONView?
    private var hasReason = false
    private var isDone = false
    private var hasFailed = false

    init(_ mender: ToolMender) {
        self.mender = mender
        parser = mender.parser
        record = ToolStreamRecord(mender)
    }

    /// Never: an engine ends its streams itself.
    var isFinished: Bool { false }

    /// What the client gets for an event.
    /// - Throws: `CancellationError`.
    mutating func translate(_ event: ServerSentEvent) async throws -> [UInt8] {
        let asItCame = ServerSentEvent.frame(event.data)
        if event.isDone {
            isDone = true
            return try await rest() + asItCame
        }
        guard let chunk = try? JSONView(validating: event.data), chunk.kind == .object else { return asItCame }
        guard let choice = chunk["choices"]?.elements.first(where: { _ in true }) else {
            if chunk["error"] == nil { return asItCame }
            hasFailed = true
            return try await rest() + asItCame
        }
        // What comes behind the end makes clients fail.
        if hasReason {
            let hasUsage = chunk["usage"]?.kind == .object
            return hasUsage ? ServerSentEvent.frame(chunk.editing([.set("choices", Array("[]".utf8))])) : []
        }
        model = chunk
        let reason = choice["finish_reason"]?.string
        let delta = choice["delta"]
        let pieces = delta?["tool_calls"].flatMap { $0.kind == .array ? Array($0.elements) : nil } ?? []
        let text = delta?["content"]?.string ?? ""
        if let reason { return try await end(chunk, choice, delta, text, pieces, reason) }
        if !pieces.isEmpty { return try await take(chunk, choice, delta, text, pieces) }
        guard !text.isEmpty, parser != nil else {
            record.add(text)
            return asItCame
        }
        let events = push(text)
        if case .text(let same)? = events.first, events.count == 1, same.elementsEqual(text.utf8) {
            record.sent(text)
            return asItCame
        }
        return try await frames(chunk, choice, delta, events)
    }

    /// What the client gets at the end that it has not got yet.
    /// - Throws: `APIError` where the stream broke off.
    mutating func end() async throws -> [UInt8] {
        guard isDone || hasFailed else {
            throw APIError(
                status: 502, message: "llama-server ended the stream before its end", code: "upstream_broken")
        }
        return []
    }

    // MARK: - Text

    private mutating func push(_ text: String) -> [TextCallParser.Event] {
        record.wrote(text)
        return parser?.push(text.utf8) ?? [.text(Array(text.utf8))]
    }

    /// A chunk with the first part of what its text became, and further ones with the others.
    private mutating func frames(
        _ chunk: JSONView, _ choice: JSONView, _ delta: JSONView?, _ events: [TextCallParser.Event]
    ) async throws -> [UInt8] {
        var events = events[...]
        var output: [UInt8] = []
        var edit = JSONEdit.remove("content")
        if case .text(let text)? = events.first {
            let text = String(decoding: text, as: UTF8.self)
            edit = .set("content", JSONText.quoted(text))
            record.sent(text)
            events = events.dropFirst()
        }
        let edited = delta?.editing([edit]) ?? []
        if let left = try? JSONView(validating: edited), left.members.contains(where: { !$0.value.isNull }) {
            output += ServerSentEvent.frame(chunk.with(choice.editing([.set("delta", edited)])))
        }
        return output + (try await frames(of: events, like: chunk))
    }

    private mutating func frames(
        of events: some Collection<TextCallParser.Event>, like chunk: JSONView
    ) async throws -> [UInt8] {
        var output: [UInt8] = []
        for event in events {
            switch event {
            case .text(let text):
                let text = String(decoding: text, as: UTF8.self)
                record.sent(text)
                output += chunk.frame(["content": .string(text)])
            case .calls(let found):
                for call in try await mender.mended(found, mayAsk: &mayAsk) {
                    output += chunk.frame(calls.delta(of: call))
                    record.found(call)
                }
            }
        }
        return output
    }

    // MARK: - The engine's own calls

    private mutating func take(
        _ chunk: JSONView, _ choice: JSONView, _ delta: JSONView?, _ text: String, _ pieces: [JSONView]
    ) async throws -> [UInt8] {
        var output: [UInt8] = []
        if !text.isEmpty { output += try await frames(of: push(text), like: chunk) }
        // Calls come behind the text.
        if let events = parser?.finish(isCut: false) { output += try await frames(of: events, like: chunk) }
        guard calls.take(pieces) else { return output }
        let shown = text.isEmpty ? chunk : nil
        let edited = delta?.editing([.remove("content")]) ?? []
        calls.hold(shown?.document ?? chunk.with(choice.editing([.set("delta", edited)])))
        if calls.areComplete, calls.mayPass(mender) {
            for call in calls.pending { record.called(call) }
            output += calls.release()
        }
        return output
    }

    private mutating func end(
        _ chunk: JSONView, _ choice: JSONView, _ delta: JSONView?, _ text: String, _ pieces: [JSONView],
        _ reason: String
    ) async throws -> [UInt8] {
        var output: [UInt8] = []
        let isCut = reason == "length"
        let heldText = parser?.isIdle == false
        var events: [TextCallParser.Event] = text.isEmpty ? [] : push(text)
        events += parser?.finish(isCut: isCut) ?? []
        let isPlain = !heldText && (events.isEmpty || events == [.text(Array(text.utf8))])
        if isPlain {
            record.sent(text)
        } else {
            output += try await frames(of: events, like: chunk)
        }
        if !pieces.isEmpty, calls.take(pieces), let delta {
            let edits: [JSONEdit] = [
                .set("delta", delta.editing([.remove("content")])), .set("finish_reason", JSONValue.null.bytes),
            ]
            calls.hold(chunk.with(choice.editing(edits), isLast: false))
        }
        output += try await settleCalls(like: chunk, isCut: isCut)
        hasReason = true
        record.remember()
        let isMisnamed = reason == "stop" && !record.calls.isEmpty
        if isPlain, pieces.isEmpty, !isMisnamed { return output + ServerSentEvent.frame(chunk.document) }
        var edits: [JSONEdit] = []
        if !isPlain { edits.append(.remove("content")) }
        if !pieces.isEmpty { edits.append(.remove("tool_calls")) }
        var changes: [JSONEdit] = []
        if let delta, !edits.isEmpty { changes.append(.set("delta", delta.editing(edits))) }
        if isMisnamed { changes.append(.set("finish_reason", JSONText.quoted("tool_calls"))) }
        return output + ServerSentEvent.frame(chunk.with(choice.editing(changes)))
    }

    /// What is held of calls: as it came where they fit, or where the model was stopped within one; else new.
    private mutating func settleCalls(like chunk: JSONView, isCut: Bool) async throws -> [UInt8] {
        guard !calls.pending.isEmpty else { return [] }
        if isCut || calls.mayPass(mender) {
            for call in calls.pending { record.called(call) }
            return calls.release()
        }
        var output: [UInt8] = []
        for call in calls.takeAll() {
            let mended = try await mender.mended(call, mayAsk: &mayAsk)
            output += chunk.frame(calls.delta(of: mended))
            record.called(mended)
        }
        return output
    }

    /// What is held when the stream ends without saying why.
    private mutating func rest() async throws -> [UInt8] {
        guard !hasReason, let model else { return [] }
        let events = parser?.finish(isCut: true) ?? []
        return try await frames(of: events, like: model) + calls.release()
    }
}

extension JSONView {
    /// This chunk with another choice.
    /// - Parameter isLast: whether it still tells what the answer cost.
    fileprivate func with(_ choice: [UInt8], isLast: Bool = true) -> [UInt8] {
        let edit = JSONEdit.set("choices", [Byte.openBracket] + choice + [Byte.closeBracket])
        return editing(isLast ? [edit] : [edit, .remove("usage"), .remove("timings")])
    }

    /// A chunk of the same answer with nothing but a delta.
    fileprivate func frame(_ delta: JSONValue) -> [UInt8] {
        let choice: JSONValue = ["index": 0, "delta": delta, "finish_reason": nil]
        return ServerSentEvent.frame(with(choice.bytes, isLast: false))
    }
}
