/// How log lines look.
public enum LogFormat: String, Sendable, CaseIterable {
    /// For a terminal.
    case pretty
    /// One object a line.
    case json
    case off
}

/// How much of messages and answers the log shows.
public enum LogContent: String, Sendable, CaseIterable {
    /// Their beginnings.
    case preview
    /// All of it (a megabyte of each text at most).
    case full
    case none

    /// Characters to keep of a text.
    public var limit: Int {
        switch self {
        case .preview: 150
        case .full: 1 << 20
        case .none: 0
        }
    }
}

/// A moment, for a log line.
public struct LogTime: Sendable, Equatable {
    /// `14:03:07.042`, local time.
    public var clock: String
    /// `2026-11-24T14:03:07.042Z`.
    public var utc: String

    public init(clock: String, utc: String) {
        self.clock = clock
        self.utc = utc
    }
}

/// Turns entries into text. Control characters never reach the terminal.
public struct LogRenderer: Sendable {
    public var format: LogFormat
    public var content: LogContent
    public var hasColor: Bool

    public init(format: LogFormat, content: LogContent, hasColor: Bool) {
        self.format = format
        self.content = content
        self.hasColor = hasColor
    }

    /// The lines of an entry, each with its line end; empty where the log is off.
    public func render(_ entry: LogEntry, at time: LogTime) -> String {
        switch format {
        case .off: ""
        case .json: Self.escapeJSON(String(decoding: object(entry, time).bytes, as: UTF8.self)) + "\n"
        case .pretty: pretty(entry, time)
        }
    }

    // MARK: For a terminal

    private func pretty(_ entry: LogEntry, _ time: LogTime) -> String {
        let margin = String(repeating: " ", count: time.clock.count + 3)
        switch entry {
        case .request(let request):
            var line = "\(dim(time.clock)) \(paint("→", 36)) \(request.method) \(Self.escape(request.path))"
            if let model = request.model { line += " \(bold(Self.escape(model)))" }
            if let backend = request.backend { line += " via \(backend)" }
            line += " \(dim("from"))" + " \(Self.escape(request.client))"
            if request.isStreaming { line += " stream" }
            // The path tells those two apart.
            if let kind = request.kind, kind != .chat, kind != .completion { line += " \(kind.rawValue)" }
            line += Self.messages(request.messages) + " \(dim(request.id))\n"
            if let route = request.route, route.decision.rule != nil || route.decision.reasons.count > 1 {
                line += "\(margin)\(paint("[Route]", 36)) \(Self.escape(route.line))"
                line += dim(": " + Self.escape(route.decision.reasons.joined(separator: "; "))) + "\n"
            }
            if let last = request.last, !last.text.text.isEmpty {
                line += "\(margin)\(dim(Self.escape(last.role) + ":")) \(Self.quote(last.text))\n"
            }
            if !request.tools.isEmpty {
                let names = request.tools.prefix(40).map(Self.escape).joined(separator: ", ")
                line += "\(margin)\(paint("[Tool Request]", 35)) \(names)\(request.tools.count > 40 ? ", …" : "")\n"
            }
            return line
        case .toolCall(let id, let call):
            let arguments =
                content == .none ? "…" : Self.escape(call.arguments.text) + (call.arguments.isCut ? "…" : "")
            return
                "\(dim(time.clock))   \(paint("[Tool Call]", 35)) \(Self.escape(call.name))(\(arguments)) \(dim(id))\n"
        case .toolCallComplete(let id, let name):
            return "\(dim(time.clock))   \(paint("[Tool Call Complete]", 35)) \(Self.escape(name)) \(dim(id))\n"
        case .response(let response):
            let failed = response.status >= 400 || response.error != nil
            var facts = [paint(String(response.status), failed ? 31 : 32)]
            if let request = response.request { facts[0] += " " + Self.escape(request) }
            if let reason = response.answer?.finishReason { facts.append(Self.escape(reason)) }
            facts.append(contentsOf: Self.figures(response))
            var line = "\(dim(time.clock)) \(paint("←", failed ? 31 : 32)) " + facts.joined(separator: " · ")
            line += " \(dim(response.id))\n"
            if let error = response.error { line += "\(margin)\(paint(Self.escape(error), 31))\n" }
            if content != .none, let answer = response.answer, !answer.content.text.isEmpty {
                line += "\(margin)\(dim("assistant:")) \(Self.quote(answer.content))\n"
            }
            return line
        case .note(let id, let text):
            return "\(dim(time.clock))   \(paint("[Note]", 33)) \(Self.escape(text)) \(dim(id))\n"
        case .state(let text): return "\(dim(time.clock))   \(paint("[State]", 34)) \(Self.escape(text))\n"
        case .engine(let text): return "\(dim(time.clock))   \(paint("[Engine]", 34)) \(Self.escape(text))\n"
        }
    }

    private static func messages(_ counts: [(role: String, count: Int)]) -> String {
        guard !counts.isEmpty else { return "" }
        let total = counts.reduce(0) { $0 + $1.count }
        let parts = counts.map { "\($0.count) \(escape($0.role))" }.joined(separator: ", ")
        return " \(total) message\(total == 1 ? "" : "s") (\(parts))"
    }

    private static func figures(_ response: ResponseEntry) -> [String] {
        var figures: [String] = []
        if let usage = response.answer?.usage {
            if let prompt = usage.prompt {
                figures.append("\(prompt) prompt" + (usage.cached.map { " (\($0) cached)" } ?? ""))
            }
            if let completion = usage.completion { figures.append("\(completion) completion") }
            if let drafted = usage.drafted { figures.append("\(usage.accepted ?? 0) of \(drafted) drafted") }
        }
        if let cache = response.cache { figures.append(cache.summary) }
        if let first = response.timeToFirstToken { figures.append("TTFT \(time(first))") }
        if let speed = response.tokensPerSecond { figures.append("\(Int(min(max(speed, 0), 1e9).rounded())) tok/s") }
        figures.append(time(response.duration))
        return figures
    }

    /// `0.8 ms`, `310 ms`, `2.25 s`.
    static func time(_ duration: Duration) -> String {
        func fixed(_ value: Double, _ places: Int) -> String {
            let scale = places == 2 ? 100 : 10
            let rounded = Int((value * Double(scale)).rounded())
            let fraction = String(rounded % scale)
            return "\(rounded / scale)." + String(repeating: "0", count: places - fraction.count) + fraction
        }
        let seconds = duration.seconds
        if seconds < 0.01 { return fixed(seconds * 1000, 1) + " ms" }
        return seconds < 1 ? "\(Int((seconds * 1000).rounded())) ms" : fixed(seconds, 2) + " s"
    }

    private static func quote(_ preview: Preview) -> String {
        "\"\(escape(preview.text))\(preview.isCut ? "…" : "")\""
    }

    /// Text that is safe to print: control and formatting characters are written as escapes.
    static func escape(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text }
        var safe = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": safe += "\\n"
            case "\r": safe += "\\r"
            case "\t": safe += "\\t"
            case _ where isUnsafe(scalar): safe += "\\u{\(String(scalar.value, radix: 16))}"
            default: safe.unicodeScalars.append(scalar)
            }
        }
        return safe
    }

    private static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value >= 0x20 && scalar.value < 0x7F { return false }
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: return true
        // Formatting characters can reorder a line; the joiners of emoji and scripts cannot.
        case .format: return scalar.value != 0x200D && scalar.value != 0x200C
        default: return false
        }
    }

    private func paint(_ text: String, _ code: Int) -> String { hasColor ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text }
    private func dim(_ text: String) -> String { paint(text, 2) }
    private func bold(_ text: String) -> String { paint(text, 1) }

    // MARK: For a program

    /// The same JSON, with the characters that are not safe to print as escapes: all of them stand inside strings.
    private static func escapeJSON(_ json: String) -> String {
        if json.utf8.allSatisfy({ $0 < 0x7F }) { return json }
        var safe = ""
        for scalar in json.unicodeScalars {
            guard isUnsafe(scalar) else {
                safe.unicodeScalars.append(scalar)
                continue
            }
            for unit in String(scalar).utf16 {
                let digits = String(unit, radix: 16)
                safe += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        }
        return safe
    }

    private func object(_ entry: LogEntry, _ time: LogTime) -> JSONValue {
        var object = JSONObject()
        object["time"] = .string(time.utc)
        switch entry {
        case .request(let request):
            object["event"] = "request"
            object["id"] = .string(request.id)
            object["method"] = .string(request.method)
            object["path"] = .string(request.path)
            object["client"] = .string(request.client)
            object["model"] = request.model.map { .string($0) }
            object["backend"] = request.backend.map { .string($0) }
            object["stream"] = request.isStreaming ? true : false
            object["kind"] = request.kind.map { .string($0.rawValue) }
            var roles = JSONObject()
            for (role, count) in request.messages { roles[role] = .number(count) }
            object["messages"] = .object(roles)
            object["tools"] = .array(request.tools.map { .string($0) })
            object["route"] = request.route?.json
            if let last = request.last, content != .none {
                object["last"] = ["role": .string(last.role), "content": .string(last.text.text)]
            }
        case .toolCall(let id, let call):
            object["event"] = "tool_call"
            object["id"] = .string(id)
            object["name"] = .string(call.name)
            if content != .none { object["arguments"] = .string(call.arguments.text) }
        case .toolCallComplete(let id, let name):
            object["event"] = "tool_call_complete"
            object["id"] = .string(id)
            object["name"] = .string(name)
        case .response(let response):
            object["event"] = "response"
            object["id"] = .string(response.id)
            object["request"] = response.request.map { .string($0) }
            object["status"] = .number(response.status)
            object["kind"] = response.kind.map { .string($0.rawValue) }
            object["finish_reason"] = response.answer?.finishReason.map { .string($0) }
            object["model"] = response.answer?.model.map { .string($0) }
            object["prompt_tokens"] = response.answer?.usage.prompt.map { .number($0) }
            object["completion_tokens"] = response.answer?.usage.completion.map { .number($0) }
            object["cached_tokens"] = response.answer?.usage.cached.map { .number($0) }
            object["drafted_tokens"] = response.answer?.usage.drafted.map { .number($0) }
            object["accepted_tokens"] = response.answer?.usage.accepted.map { .number($0) }
            object["ttft_ms"] = response.timeToFirstToken.map { .number(($0.seconds * 1e6).rounded() / 1e3) }
            object["duration_ms"] = .number((response.duration.seconds * 1e6).rounded() / 1e3)
            object["tokens_per_second"] = response.tokensPerSecond.map { .number(($0 * 10).rounded() / 10) }
            object["error"] = response.error.map { .string($0) }
            if content != .none, let answer = response.answer { object["content"] = .string(answer.content.text) }
            if let cache = response.cache { object["cache"] = cache.json }
        case .note(let id, let text):
            object["event"] = "note"
            object["id"] = .string(id)
            object["text"] = .string(text)
        case .state(let text):
            object["event"] = "state"
            object["text"] = .string(text)
        case .engine(let text):
            object["event"] = "engine"
            object["text"] = .string(text)
        }
        return .object(object)
    }
}
