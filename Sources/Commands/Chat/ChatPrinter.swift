/// Shows an answer while it comes: what of each piece goes to which stream.
struct ChatPrinter: Sendable {
    /// What to write.
    struct Lines: Sendable, Equatable {
        var output = ""
        var error = ""
    }

    private enum Part: Sendable { case none, reasoning, text }

    private let isTerminal: Bool
    private let dim: (on: String, off: String)
    private var part = Part.none
    private var atLineStart = true
    /// Tool calls that are not complete yet; servers send one after the other.
    private var calls: [Int: ChatToolCall] = [:]

    init(_ output: Context.Stream) {
        isTerminal = output.isTerminal
        dim = output.hasColor ? ("\u{1B}[2m", "\u{1B}[22m") : ("", "")
    }

    /// What a piece adds. On a terminal control characters are made visible and reasoning is dimmed; a pipe gets the text as
    /// it is and no reasoning.
    mutating func show(_ piece: ChatPiece) -> Lines {
        switch piece {
        case .text(let text): return Lines(output: enter(.text) + shown(text))
        case .reasoning(let text): return isTerminal ? Lines(output: enter(.reasoning) + shown(text)) : Lines()
        case .toolCall(let index, let name, let arguments):
            let done = calls[index] == nil ? flushCalls() : ""
            calls[index, default: ChatToolCall()].name += name ?? ""
            calls[index, default: ChatToolCall()].arguments += arguments
            return Lines(error: done)
        case .finish:
            let remarks = flushCalls()
            return Lines(output: closeLine(before: !remarks.isEmpty), error: remarks)
        case .usage, .error: return Lines()
        }
    }

    /// What ends the answer, however it ended: attributes off, the last line closed on a terminal.
    mutating func end() -> Lines {
        var lines = Lines(output: leaveReasoning() + closeLine(before: true), error: flushCalls())
        if !isTerminal { lines.output = "" }
        part = .none
        return lines
    }

    /// The dimming belongs to the reasoning alone, and an empty line stands between it and the answer.
    private mutating func enter(_ next: Part) -> String {
        guard next != part else { return "" }
        var text = leaveReasoning()
        if isTerminal, part != .none { text += (atLineStart ? "" : "\n") + "\n" }
        if next == .reasoning { text += dim.on }
        part = next
        return text
    }

    private func leaveReasoning() -> String { part == .reasoning ? dim.off : "" }

    private mutating func shown(_ text: String) -> String {
        guard isTerminal else { return text }
        let clean = TerminalText.neutralized(text)
        if let last = clean.unicodeScalars.last { atLineStart = last == "\n" }
        return clean
    }

    private mutating func closeLine(before isNeeded: Bool) -> String {
        guard isTerminal, isNeeded, !atLineStart else { return "" }
        atLineStart = true
        return "\n"
    }

    private mutating func flushCalls() -> String {
        defer { calls = [:] }
        return calls.sorted { $0.key < $1.key }.map {
            "tool call: \(TerminalText.neutralized("\($1.name)(\($1.arguments))"))\n"
        }
        .joined()
    }
}
