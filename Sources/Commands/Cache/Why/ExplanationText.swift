import LocalCodeCore

/// An explanation for people.
struct ExplanationText {
    let explanation: Explanation
    let now: Double
    let width: Int
    let hasColor: Bool

    var text: String {
        var lines = [row("request", subject)]
        if let tokens { lines.append(row("", tokens)) }
        guard let nearest = explanation.nearest, let comparison = explanation.comparison else {
            lines.append(row("nearest", "there is no earlier request to compare it with"))
            return lines.joined()
        }
        lines.append(row("nearest", describe(nearest)))
        lines.append(row("shared", shared(comparison)))
        lines.append("\n")
        if explanation.isOtherEngine { lines += engine() }
        for difference in comparison.differences {
            lines += describe(difference, comparison.stabiliser(against: difference))
        }
        if comparison.differences.isEmpty, !explanation.isOtherEngine { lines.append(fill(nothing(comparison))) }
        if let cost { lines.append(fill(cost)) }
        return lines.joined()
    }

    // MARK: - Requests

    private var subject: String {
        guard let record = explanation.subject.record else {
            return "from a file; \(messages(explanation.subject.request))"
        }
        return describe(record)
    }

    private func describe(_ record: RequestRecord) -> String {
        let age = HumanText.age(now - record.time)
        let key = record.key.hex.prefix(KeyPrefix.shown)
        return
            "\(record.id)  \(key)  \(TerminalText.neutralized(record.model)), \(age) ago, \(TerminalText.neutralized(record.placement))"
    }

    private func messages(_ request: ChatRequest) -> String {
        HumanText.count(request.messages.reduce(0) { count, _ in count + 1 }, "message")
    }

    private var tokens: String? {
        guard let prompt = explanation.cost.prompt else { return nil }
        guard let cached = explanation.cost.cached else { return HumanText.count(prompt, "token") }
        return "\(HumanText.count(prompt, "token")): \(HumanText.grouped(cached)) from the cache, "
            + "\(HumanText.grouped(max(0, prompt - cached))) read"
    }

    private func shared(_ comparison: RequestComparison) -> String {
        let count = explanation.sharedBoundaries
        guard count > 0 else { return "nothing: they part before the first message" }
        guard comparison.laterMessages > 0 else { return HumanText.count(count, "boundary", "boundaries") }
        return "\(comparison.sharedMessages) of \(HumanText.count(comparison.laterMessages, "message"))"
    }

    // MARK: - Differences

    private func describe(_ difference: RequestDifference, _ stabiliser: Stabiliser?) -> [String] {
        var head = Self.sentence(difference)
        if let text = difference.text, text.earlier != nil, text.later != nil, difference.kind != .toolsReordered {
            head += text.line > 1 ? ", line \(text.line), column \(text.column)" : ", character \(text.offset + 1)"
        }
        var lines = [fill(bold(head) + (difference.cause.map { ": \($0.explanation)" } ?? ""))]
        if let text = difference.text {
            lines.append(excerpt("earlier", text.context, text.earlier))
            lines.append(excerpt("now", text.context, text.later))
        }
        if let stabiliser { lines.append(fill(Self.advice(stabiliser))) }
        lines.append("\n")
        return lines
    }

    /// What would have helped.
    private static func advice(_ stabiliser: Stabiliser) -> String {
        let what = "The stabiliser \(stabiliser.rawValue) would have helped: it \(stabiliser.explanation)."
        return stabiliser.isAlwaysOn ? what : what + " Name it under 'stabilisers' of 'routing' in localcode.yaml."
    }

    /// What happened to what: `the tool bash changed (function.description)`.
    static func sentence(_ difference: RequestDifference) -> String {
        let isWhole = difference.path.isEmpty || difference.path == "content"
        let path = isWhole ? "" : " (\(TerminalText.neutralized(difference.path)))"
        switch difference.place {
        case .parameter(let name): return "the parameter \(TerminalText.neutralized(name)) changed\(path)"
        case .prompt: return "the prompt changed"
        case .tool(_, let name):
            let tool = TerminalText.neutralized(name)
            switch difference.kind {
            case .toolAdded: return "the tool \(tool) is new"
            case .toolRemoved: return "the tool \(tool) is gone"
            case .toolsReordered: return "the tools stand in another order, from \(tool) on"
            default: return "the tool \(tool) changed\(path)"
            }
        case .message(let index, let role):
            let message = "message \(index) (\(TerminalText.neutralized(role)))"
            switch difference.kind {
            case .systemChanged where difference.text?.earlier == nil: return "\(message) is new"
            case .messageAdded: return "\(message) is new, in front of others"
            case .systemChanged where difference.text?.later == nil: return "\(message) is gone"
            case .messageRemoved: return "\(message) is gone"
            case .reasoningDropped: return "\(message) came back without what the model thought"
            case .systemChanged: return "the system prompt changed\(path)"
            default: return "\(message) changed\(path)"
            }
        }
    }

    private func excerpt(_ name: String, _ context: String, _ text: String?) -> String {
        guard let text else { return "    \(name.padded(8))-\n" }
        let room = max(24, width - 14)
        let rest = Self.visible(text)
        // The difference gets most of the line: its beginning is what counts.
        let before = Self.visible(String(context.suffix(room / 3)))
        let cut = TextTable.cut(rest, to: max(12, room - TerminalText.width(before)))
        let isCut = context.count > room / 3
        return "    \(name.padded(8))\(isCut ? "…" : "")\(before)\(bold(cut.isEmpty ? "(end)" : cut))\n"
    }

    /// One line, with signs for line breaks and tabs.
    private static func visible(_ text: String) -> String {
        TerminalText.line(text)
    }

    // MARK: - No difference

    private func nothing(_ comparison: RequestComparison) -> String {
        let isLonger = comparison.laterMessages >= comparison.earlierMessages
        let says =
            isLonger
            ? "Nothing differs: the request goes on where the earlier one ended."
            : "Nothing differs: the request is the beginning of the earlier one."
        switch explanation.subject.record?.placement {
        case "resident": return says + " Its state was still in the slot."
        case "restored": return says + " Its state was restored from a file."
        case "cold": return says + " Its state was in no slot and no file any more, or had not been saved."
        default: return says
        }
    }

    private func engine() -> [String] {
        var lines = [fill(bold("another engine answered") + ": no state of one can be read by the other")]
        for difference in explanation.engineDifferences {
            let (now, before) = (difference.ours ?? "-", difference.theirs ?? "-")
            let text = "    \(difference.name): \(before) → \(now)"
            lines.append(TextTable.cut(TerminalText.neutralized(text), to: max(40, width)) + "\n")
        }
        return lines + ["\n"]
    }

    private var cost: String? {
        // An engine reads the last tokens of a prompt again in any case.
        let isUsual = explanation.comparison?.differences.isEmpty == true && !explanation.isOtherEngine
        guard let lost = explanation.cost.lost, lost > (isUsual ? 64 : 0) else { return nil }
        let about = explanation.cost.isEstimate ? "about " : ""
        let time = explanation.cost.seconds.map { ", which takes \(HumanText.seconds($0))" } ?? ""
        return "Cost: \(about)\(HumanText.count(lost, "token")) of the earlier prompt had to be read again\(time)."
    }

    // MARK: - Layout

    private func row(_ name: String, _ text: String) -> String { "\(name.padded(10))\(text)\n" }
    private func fill(_ text: String) -> String { TextWrap.fill(text, width: max(40, width)) + "\n" }
    private func bold(_ text: String) -> String { hasColor ? "\u{1B}[1m\(text)\u{1B}[0m" : text }
}

extension String {
    fileprivate func padded(_ width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
