import LocalCodeCore

/// The draft models that `bench spec` measures.
enum DraftChoice {
    /// Those that were named and the one of the entry; without any, those beside the model that fit it.
    /// - Throws: `Failure` where a named one is not there or does not fit.
    static func drafts(for entry: ModelEntry, named: [String]) throws(Failure) -> [String] {
        guard case .file(let path) = entry.source else { return named }
        let target: ModelHeader
        do {
            target = try ModelHeader.read(path: path)
        } catch {
            throw Failure(error.description)
        }
        var drafts: [String] = []
        for draft in named + (entry.speculation.draft.map { [$0] } ?? []) where !drafts.contains(draft) {
            let refusal: String?
            do {
                refusal = DraftPairing.refusal(target: target, draft: try ModelHeader.read(path: draft))
            } catch {
                throw Failure(error.description)
            }
            if let refusal { throw Failure("\(draft) cannot guess for \(entry.name): \(refusal)") }
            drafts.append(draft)
        }
        guard drafts.isEmpty else { return drafts }
        let directory = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        return DraftPairing.candidates(for: target, in: [directory]).filter { $0.refusal == nil }.prefix(2).map(\.path)
    }
}
