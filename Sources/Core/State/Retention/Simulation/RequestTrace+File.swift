/// A line of a trace that cannot be read.
public struct TraceError: Error, Sendable, Equatable, CustomStringConvertible {
    /// From 1.
    public let line: Int
    public let reason: String

    public var description: String { "line \(line): \(reason)" }
}

extension RequestTrace {
    /// Longest line, and longest prompt in tokens.
    static let lineLimit = 4 << 20
    static let tokenLimit = 100_000_000

    /// Reads JSON lines; empty lines are passed over.
    /// - Throws: `TraceError` with the number of the line.
    public init(parsing bytes: [UInt8]) throws(TraceError) {
        var events: [Event] = []
        var number = 0
        for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
            number += 1
            guard line.contains(where: { $0 != 0x20 && $0 != 0x0D && $0 != 0x09 }) else { continue }
            let event = try LineReader(number: number).event(Array(line))
            if let last = events.last, event.time < last.time {
                throw TraceError(line: number, reason: "its time is before the one of the line above")
            }
            events.append(event)
        }
        self.init(events: events)
    }

    /// The same as JSON lines.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        for event in events {
            bytes += json(event).bytes
            bytes.append(0x0A)
        }
        return bytes
    }

    private func json(_ event: Event) -> JSONValue {
        var object = JSONObject()
        object["time"] = .number(event.time)
        guard case .request(let request) = event else {
            object["kind"] = "restart"
            return .object(object)
        }
        object["session"] = .string(request.session)
        if let parent = request.parent { object["parent"] = .string(parent) }
        object["project"] = .string(request.project)
        object["kind"] = .string(request.kind.rawValue)
        object["prompt"] = .array(
            request.prompt.map { [.string($0.role.rawValue), .string($0.id), .number($0.tokens)] })
        object["answer"] = [.string(request.answer.id), .number(request.answer.tokens)]
        if request.callsTools { object["tools"] = true }
        return .object(object)
    }
}

private struct LineReader {
    var number: Int

    func event(_ line: [UInt8]) throws(TraceError) -> RequestTrace.Event {
        let view: JSONView
        do {
            view = try JSONView(validating: line, limits: JSONLimits(depth: 8, bytes: RequestTrace.lineLimit))
        } catch {
            throw problem("this is not JSON: \(error.reason)")
        }
        guard view.kind == .object else { throw problem("an event is a JSON object") }
        guard let time = view["time"]?.double, time.isFinite, time >= 0 else {
            throw problem("\"time\" must be a number of seconds")
        }
        let name = try text(view["kind"], "kind")
        if name == "restart" { return .restart(time: time) }
        guard let kind = TraceKind(rawValue: name) else {
            let kinds = TraceKind.allCases.map(\.rawValue).joined(separator: ", ")
            throw problem("unknown kind '\(name)': \(kinds) or restart")
        }
        guard let prompt = view["prompt"], prompt.kind == .array else { throw problem("\"prompt\" must be an array") }
        var segments: [TraceSegment] = []
        var total = 0
        for element in prompt.elements {
            let segment = try self.segment(element)
            total += segment.tokens
            segments.append(segment)
        }
        guard !segments.isEmpty else { throw problem("the prompt is empty") }
        let answer = Array((view["answer"] ?? prompt).elements)
        guard answer.count == 2, let id = answer[0].string, let tokens = answer[1].int,
            (0...RequestTrace.tokenLimit).contains(tokens)
        else { throw problem("\"answer\" must be an id and a number of tokens: [\"a1\",120]") }
        guard total <= RequestTrace.tokenLimit else { throw problem("the prompt has too many tokens") }
        return .request(
            TraceRequest(
                time: time, session: try text(view["session"], "session"), parent: view["parent"]?.string,
                project: try text(view["project"], "project"), kind: kind, prompt: segments,
                answer: TraceSegment(.assistant, id, tokens), callsTools: view["tools"]?.bool ?? false))
    }

    private func segment(_ view: JSONView) throws(TraceError) -> TraceSegment {
        let parts = Array(view.elements.prefix(4))
        guard parts.count == 3, let role = parts[0].string.flatMap(TraceSegment.Role.init(rawValue:)),
            let id = parts[1].string, let tokens = parts[2].int, (0...RequestTrace.tokenLimit).contains(tokens)
        else {
            let roles = TraceSegment.Role.allCases.map(\.rawValue).joined(separator: ", ")
            throw problem("a segment must be a role (\(roles)), an id and a number of tokens: [\"u\",\"u1\",60]")
        }
        return TraceSegment(role, id, tokens)
    }

    private func text(_ view: JSONView?, _ name: String) throws(TraceError) -> String {
        guard let text = view?.string else { throw problem("\"\(name)\" must be a text") }
        return text
    }

    private func problem(_ reason: String) -> TraceError { TraceError(line: number, reason: reason) }
}
