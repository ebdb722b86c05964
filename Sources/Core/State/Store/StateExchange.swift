/// Where an engine writes states and reads them.
public final class StateExchange: Sendable {
    /// A name for the engine to write a state under.
    public struct SaveTicket: Sendable, Equatable {
        /// The file's name, for `action=save`.
        public let name: String
    }

    /// A name under which the engine finds a state.
    public struct RestoreTicket: Sendable {
        /// The file's name, for `action=restore`.
        public let name: String
        /// The state, as it is in the index now.
        public let entry: StateEntry
    }

    private let way: any ExchangeWay

    init(_ way: any ExchangeWay) { self.way = way }

    /// As `close`.
    deinit { way.close() }

    /// The engine's directory; nil where only the engine sees it.
    public var directory: String? { way.directory }

    /// A name to save under. Throws `.diskFull` where there would not be room for the state.
    /// - Parameter expected: about how many bytes the engine will write.
    public func beginSave(expecting expected: Int = 0) throws(StateStoreError) -> SaveTicket {
        try way.beginSave(expecting: max(0, expected))
    }

    /// Takes what the engine wrote into the store. A state with the same key, or of the same name, is replaced. Whatever it
    /// throws, the ticket's file is gone afterwards.
    /// - Parameters:
    ///   - tokens: `n_saved` of the engine's answer.
    ///   - written: `n_written` of the engine's answer.
    public func commit(
        _ ticket: SaveTicket, _ description: StateDescription, tokens: Int, written: Int
    ) throws(StateStoreError) -> StateEntry {
        guard let key = description.boundaries.last?.digest else {
            way.abandon(ticket)
            throw StateStoreError(.damaged, ticket.name, "a state without boundaries was to be saved")
        }
        var description = description
        description.title = String(description.title.prefix(Self.textLimit))
        description.model = String(description.model.prefix(Self.textLimit))
        description.prefillSeconds = description.prefillSeconds.isFinite ? max(0, description.prefillSeconds) : 0
        return try way.commit(ticket, description, key: key, tokens: tokens, written: written)
    }

    /// Gives up a save; what was written goes.
    public func abandon(_ ticket: SaveTicket) { way.abandon(ticket) }

    /// Checks a state and gives the engine a name for it. Throws `.missing` or `.damaged` before the engine is asked,
    /// because a restore that fails empties the slot. A damaged state is removed.
    public func beginRestore(_ entry: StateEntry) throws(StateStoreError) -> RestoreTicket {
        try way.beginRestore(entry)
    }

    /// The engine has read the state, or has not.
    public func endRestore(_ ticket: RestoreTicket) { way.endRestore(ticket) }

    /// Removes the exchange's own files, and the directory of `StateStore.exchange()`. Nothing works afterwards.
    public func close() { way.close() }

    /// Of titles and models, in characters.
    private static let textLimit = 200
}

/// A way between the store and an engine.
protocol ExchangeWay: Sendable {
    var directory: String? { get }
    func beginSave(expecting expected: Int) throws(StateStoreError) -> StateExchange.SaveTicket
    func commit(
        _ ticket: StateExchange.SaveTicket, _ description: StateDescription, key: Digest, tokens: Int, written: Int
    ) throws(StateStoreError) -> StateEntry
    func abandon(_ ticket: StateExchange.SaveTicket)
    func beginRestore(_ entry: StateEntry) throws(StateStoreError) -> StateExchange.RestoreTicket
    func endRestore(_ ticket: StateExchange.RestoreTicket)
    func close()
}
