extension EngineTurn {
    /// What the client gets of these events: not those that only we asked for, and the cached tokens in `usage` where an
    /// engine leaves them out. Everything else as it came.
    /// - Parameters:
    ///   - ready: the events' bytes.
    ///   - mayShowProgress: false as soon as an event came that tells something else.
    func forClient(
        _ ready: [UInt8], _ events: [ServerSentEvent], mayShowProgress: inout Bool
    ) -> (ready: [UInt8], events: [ServerSentEvent]) {
        let shows = events.map { event -> Shown in
            if mayShowProgress, event.contains("\"prompt_progress\""),
                let chunk = try? JSONView(validating: event.data),
                takeProgress(chunk)
            {
                return showsProgress ? .asItCame : .not
            }
            mayShowProgress = false
            guard event.contains("\"usage\""), let chunk = try? JSONView(validating: event.data),
                let edited = chunk.tellingCachedTokens()
            else { return .asItCame }
            return .edited(edited)
        }
        if shows.allSatisfy({ $0 == .asItCame }) { return (ready, events) }
        let shown = zip(events, shows).compactMap { event, shown -> ServerSentEvent? in
            switch shown {
            case .asItCame: event
            case .edited(let data): ServerSentEvent(data: data)
            case .not: nil
            }
        }
        return (shown.flatMap { ServerSentEvent.frame($0.data) }, shown)
    }

    private enum Shown: Equatable {
        case asItCame
        case edited([UInt8])
        case not
    }
}

extension ServerSentEvent {
    /// Whether these bytes stand anywhere in the data.
    fileprivate func contains(_ text: StaticString) -> Bool {
        let wanted = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        return data.withUnsafeBufferPointer { data in
            guard data.count >= wanted.count else { return false }
            return (0...data.count - wanted.count).contains { start in
                data[start] == wanted[0] && data[start + 1] == wanted[1]
                    && UnsafeBufferPointer(rebasing: data[start..<start + wanted.count]).elementsEqual(wanted)
            }
        }
    }
}

extension JSONView {
    /// A chunk or answer with `usage.prompt_tokens_details.cached_tokens` from its `timings`; nil where it is there already
    /// or cannot be told.
    func tellingCachedTokens() -> [UInt8]? {
        guard let usage = self["usage"], usage.kind == .object, let cached = self["timings"]?["cache_n"]?.int,
            usage["prompt_tokens_details"]?["cached_tokens"] == nil
        else { return nil }
        let details: JSONValue = ["cached_tokens": .number(cached)]
        return editing([.set("usage", usage.editing([.set("prompt_tokens_details", details.bytes)]))])
    }
}
