extension Fleet {
    /// Takes what an answer cost of a model with a governor, which may want its engine started with another set-up.
    func govern(_ index: Int, _ use: EngineUse, _ usage: Usage, isAfterRestore: Bool) {
        let at = hosted[index]
        guard at.entry.hasGovernor, let book = launcher.book, let engine = at.engine, usage.completion != nil else {
            return
        }
        let verdict = book.record(
            at.entry.name, engine.speculation, usage, isAfterRestore: isAfterRestore,
            isAlone: use.ticket == at.grants)
        guard case .change(let setup, let why) = verdict, !at.isStale else { return }
        hosted[index].isStale = true
        note(Note(text: "\(at.entry.name) is started anew with \(setup.label): \(why)", isWarning: false))
    }
}
