import Synchronization

/// Which models have the tokens that filling a gap takes; each file is read once.
public final class InfillModels: Sendable {
    private let known = Mutex<[String: Bool]>([:])
    private let work = BlockingWork(label: "localcode.infill")

    public init() {}

    /// Whether a model can fill gaps; nil where its file cannot be read, as with one that is still to be downloaded.
    func canFill(_ entry: ModelEntry) async -> Bool? {
        guard entry.mode == .chat, case .file(let path) = entry.source else { return entry.mode == .chat ? nil : false }
        if let known = known.withLock({ $0[path] }) { return known }
        let answer = await work.run { () -> Bool? in
            guard let infill = (try? ModelHeader.read(path: path))?.vocabulary?.infill else { return nil }
            return infill[.prefix] != nil && infill[.suffix] != nil && infill[.middle] != nil
        }
        if let answer { known.withLock { $0[path] = answer } }
        return answer
    }

    /// The names of those that can, in order.
    func names(_ entries: [ModelEntry]) async -> [String] {
        var names: [String] = []
        for entry in entries where await canFill(entry) == true { names.append(entry.name) }
        return names
    }
}
