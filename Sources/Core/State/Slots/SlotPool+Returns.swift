extension SlotRequest {
    /// What tells whether its conversation comes back; nil for what nobody goes on with.
    /// - Parameter answer: as the client will send it back.
    func stateOrigin(answer: JSONValue?) -> StateOrigin? {
        guard isKept else { return nil }
        let callsTools = answer?["tool_calls"] != nil
        let isFirst = chain.boundaries.count <= 2
        return StateOrigin(
            kind: kind, stage: callsTools ? .calling : isFirst ? .opened : .continued, client: client, project: project)
    }
}

extension SlotPool {
    /// Whether a conversation of so many tokens is kept when it loses its slot.
    func admission(of origin: StateOrigin, tokens: Int) -> Admission {
        Retention.admits(
            origin, prefill: costs.prefillSeconds(tokens), restore: costs.restoreSeconds(tokens: tokens),
            save: costs.saveSeconds(tokens: tokens), rates: store.returnRates)
    }

    /// What a slot holds is about to lose it: whether such conversations come back is what the next ones are judged by. What
    /// the store has of one that is not kept goes too.
    /// - Parameter request: what takes the slot; nil: the engine ends, or empties it.
    func noteDeparture(from slot: Int, for request: SlotRequest? = nil) {
        guard let content = slots.first(where: { $0.id == slot })?.content, let origin = content.origin else { return }
        if let request, content.isContinued(by: request.chain, session: request.session) { return }
        let departure = Departure(origin: origin, boundaries: Array(content.boundaries.prefix(content.requestCount)))
        let forsaken = content.isReusable ? nil : content.storedEntry
        if !content.isReusable, costs.isWorthSaving(tokens: content.tokens) {
            let share = admission(of: origin, tokens: content.tokens).share
            let text =
                "\(content.tokens) tokens of slot \(slot) are not kept, since about \(Int((share * 100).rounded())) % of "
                + "such conversations come back\(quoted(content.title))"
            note(.init(text: text, isWarning: false))
        }
        work.post { [store, note] in
            do {
                try store.noteDeparture(departure)
                if let forsaken { try store.forsake(forsaken, endingWith: content.boundaries) }
            } catch {
                note(.init(text: "cannot note that a conversation lost its slot: \(error)", isWarning: true))
            }
        }
    }
}
