extension Fleet {
    /// Looks at a model's files and at what its engine can do, before anybody gives way to it.
    func examine(_ index: Int) {
        guard hosted[index].examination != .running else { return }
        hosted[index].examination = .running
        let entry = hosted[index].entry
        hosted[index].look = Task { [launcher] in
            let finding = await launcher.examine(entry)
            self.examined(entry, finding)
        }
    }

    private func examined(_ entry: ModelEntry, _ finding: EngineLauncher.Finding) {
        guard let index = index(of: entry.name) else { return }
        hosted[index].examination = .none
        guard !isClosed else { return }
        // It was steered meanwhile.
        guard entry == hosted[index].entry else { return examine(index) }
        switch finding {
        case .inOrder(let estimate):
            let isNew = hosted[index].estimate != estimate
            hosted[index].examination = .passed
            hosted[index].estimate = estimate
            hosted[index].problem = nil
            if isNew, !canEverFit(index) { note(Note(text: tooLarge(hosted[index]).message, isWarning: true)) }
        case .unknown(let reason):
            let until = SystemTime.monotonic() + 1
            note(Note(text: "\(entry.name) cannot be looked at: \(reason)", isWarning: true))
            fail(index, Self.unavailable(entry.name, reason, until: until))
            examineAgain(entry)
        case .unusable(let problem):
            if hosted[index].problem != problem {
                note(Note(text: Self.unusable(entry.name, problem).message, isWarning: true))
            }
            hosted[index].problem = problem
            hosted[index].wantsRestart = false
            fail(index, Self.unusable(entry.name, problem))
            examineAgain(entry)
        }
        reconsider()
    }

    /// Nobody has to ask for a model that is always there: as soon as its files are in order it is loaded.
    private func examineAgain(_ entry: ModelEntry) {
        guard entry.isPinned, !isClosed else { return }
        Task {
            try? await Task.sleep(for: .seconds(10))
            if let index = self.index(of: entry.name), !self.isClosed, hosted[index].phase == .unloaded {
                examine(index)
            }
        }
    }

    private func canEverFit(_ index: Int) -> Bool {
        guard let budget = settings.budget else { return true }
        let others = hosted.indices.filter { $0 != index && hosted[$0].entry.isPinned }
        return ([index] + others).reduce(0) { $0 + leastNeed(hosted[$1]) } <= budget
    }
}
