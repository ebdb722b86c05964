import Synchronization

/// What was changed in a request or in its answer, for the client and for the log.
final class RequestNotes: Sendable {
    private struct State {
        var notes: [String] = []
        /// How many of them the client knows.
        var told = 0
        var left = 0
    }

    private let id: String
    private let log: RequestLog
    private let state = Mutex(State())

    /// The most notes to keep of a request, and the most characters of one.
    private static let limit = 32
    private static let length = 200

    init(id: String, log: RequestLog) {
        self.id = id
        self.log = log
    }

    /// Each note is one short sentence.
    func add(_ notes: [String]) {
        for note in notes {
            // A note can quote what a client or a model wrote.
            let isLong = note.count > Self.length
            let text = LogRenderer.escape(String(note.prefix(Self.length))) + (isLong ? "…" : "")
            let isKept = state.withLock { state in
                guard state.notes.count < Self.limit else {
                    state.left += 1
                    return false
                }
                state.notes.append(text)
                return true
            }
            if isKept { log.write(.note(id: id, text)) }
        }
    }

    /// What the client has not been told yet, in one line; nil where there is nothing.
    func take() -> String? {
        state.withLock { state in
            let new = state.notes[state.told...]
            guard !new.isEmpty else { return nil }
            state.told = state.notes.count
            return new.joined(separator: "; ") + (state.left > 0 ? "; and \(state.left) more" : "")
        }
    }
}
