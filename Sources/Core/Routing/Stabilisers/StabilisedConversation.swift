/// What stabilisers did to a conversation so far.
struct StabilisedConversation: Sendable, Equatable {
    /// The tools of its first request, as JSON text; of a later one where the tools have changed.
    var tools: [UInt8]?
    /// Reminders that the user's messages had when they were the newest, by the messages' places among the user's.
    var reminders: [Int: Reminders.Found] = [:]
    /// What was told of the lines that change, in order.
    var told: [VolatileLines.Told] = []
    /// The place of the newest message that could be told something.
    var newest = -1

    /// More of either is not remembered: all of it is forgotten then.
    static let limit = 256

    /// About how much memory it takes, in bytes.
    var cost: Int {
        let lines = told.reduce(0) { $0 + $1.texts.values.reduce(64) { $0 + $1.count + 64 } }
        return 256 + (tools?.count ?? 0) + lines + reminders.values.reduce(0) { $0 + $1.cost }
    }
}
