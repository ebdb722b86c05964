extension Fleet {
    /// Looks at a model's files and at what its engine can do, before anybody gives way to it.
    func examine(_ index: Int) {
        guard hosted[index].examination != .running else { return }
        hosted[index].examination = .running
        let entry = hosted[index].entry
        Task { [launcher] in
            let result = await launcher.examine(entry)
            self.examined(entry, result)
        }
    }

    private func examined(_ entry: ModelEntry, _ result: Result<Int?, any Error>) {
        guard let index = index(of: entry.name) else { return }
        hosted[index].examination = .none
        // It was steered meanwhile.
        guard entry == hosted[index].entry else { return examine(index) }
        switch result {
        case .success(let estimate):
            let isNew = hosted[index].estimate != estimate
            hosted[index].examination = .passed
            hosted[index].estimate = estimate
            hosted[index].problem = nil
            if isNew, !canEverFit(index) { note(Note(text: tooLarge(hosted[index]).message, isWarning: true)) }
        case .failure(let error):
            let problem = "\(error)"
            if hosted[index].problem != problem {
                note(Note(text: Self.unusable(entry.name, problem).message, isWarning: true))
            }
            hosted[index].problem = problem
            fail(index, Self.unusable(entry.name, problem))
        }
        reconsider()
    }

    private func canEverFit(_ index: Int) -> Bool {
        guard let budget = settings.budget else { return true }
        let others = hosted.indices.filter { $0 != index && hosted[$0].entry.isPinned }
        return ([index] + others).reduce(0) { $0 + (hosted[$1].entry.memory ?? hosted[$1].estimate ?? 0) } <= budget
    }
}
