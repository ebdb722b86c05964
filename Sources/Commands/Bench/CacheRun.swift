import LocalCodeCore

/// Asks the questions of `bench cache`, all lanes in turns.
struct CacheRun: Sendable {
    var plan: CachePlan
    /// The first is the bare engine, the second LocalCode.
    var lanes: [CacheLane]
    var text: BenchText
    var control: Control

    /// What the run needs done to the programs around it.
    struct Control: Sendable {
        /// Starts all engines again, when their states are safe.
        var restart: @Sendable () async throws -> Void
        /// Returns when LocalCode has saved what its slots hold.
        var settle: @Sendable () async throws -> Void
        var progress: @Sendable (String) -> Void
    }

    enum Moment: Int, Sendable, CaseIterable, Hashable {
        /// Never seen before.
        case cold
        /// The next turn, in the same slot.
        case resident
        /// Two other conversations took the slots in between.
        case swapped
        /// The same, and what gave way for it had been saved before.
        case restored
        /// The engine was started again.
        case restarted
    }

    struct Cell: Sendable {
        var tokens: Int
        /// By moment and lane.
        var samples: [Moment: [[CacheLane.Sample]]] = [:]
        /// Bytes of LocalCode's largest state.
        var stateBytes: Int?
        var readRate: Double?
        var writeRate: Double?
    }

    struct Results: Sendable {
        var cells: [Cell] = []
        /// The same request in the slot, lane by lane and pair by pair.
        var pairs: [[CacheLane.Sample]] = []
    }

    func measure() async throws -> Results {
        var results = Results()
        for tokens in plan.sizes { results.cells.append(try await cell(tokens)) }
        control.progress("a request of 60 KB")
        results.pairs = try await pairs()
        return results
    }

    private func cell(_ tokens: Int) async throws -> Cell {
        var cell = Cell(tokens: tokens)
        var talks = lanes.map { _ in
            (0..<CachePlan.conversations).map { index in
                CacheLane.Talk(
                    id: "bench-\(tokens)-\(index)",
                    questions: [text.text("talk \(tokens) \(index) \(plan.seed)", tokens: tokens)])
            }
        }
        let name = "\(grouped(tokens)) tokens"
        for index in 0..<CachePlan.conversations {
            control.progress("\(name), cold")
            try await ask(index, .cold, &talks, &cell)
            control.progress("\(name), in the slot")
            for _ in 0..<2 { try await ask(index, .resident, &talks, &cell) }
        }
        for round in 0..<(1 + plan.rounds) {
            let moment = round == 0 ? Moment.swapped : .restored
            control.progress("\(name), gave way (\(round + 1) of \(1 + plan.rounds))")
            for index in 0..<CachePlan.conversations {
                if moment == .restored { try await control.settle() }
                try await ask(index, moment, &talks, &cell)
            }
        }
        try await control.settle()
        if let slots = lanes[1].slots {
            let files = DiskSpeed.files(below: slots).sorted { $0.bytes > $1.bytes }
            cell.stateBytes = files.first?.bytes
            cell.readRate = median(files.prefix(3).compactMap { DiskSpeed.readRate($0.path) })
            cell.writeRate = files.first.flatMap { DiskSpeed.writeRate(bytes: $0.bytes, in: slots) }
        }
        control.progress("\(name), after a restart")
        try await control.restart()
        for index in 0..<CachePlan.conversations {
            try await ask(index, .restarted, &talks, &cell)
        }
        return cell
    }

    /// One question to each lane. States are read from the disk, not from the page cache, where the system allows it.
    private func ask(_ index: Int, _ moment: Moment, _ talks: inout [[CacheLane.Talk]], _ cell: inout Cell) async throws
    {
        for turn in lanes.indices {
            let lane = (turn + index) % lanes.count
            var talk = talks[lane][index]
            if !talk.answers.isEmpty {
                talk.questions.append(text.text("\(talk.id) \(talk.answers.count)", tokens: 24))
            }
            let open = talk
            let (sample, answered) = try await onOwnThread { [lane = lanes[lane]] in
                if moment != .resident, let slots = lane.slots { DiskSpeed.forget(below: slots) }
                var talk = open
                let sample = try lane.ask(&talk)
                return (sample, talk)
            }
            talks[lane][index] = answered
            cell.samples[moment, default: Array(repeating: [], count: lanes.count)][lane].append(sample)
        }
    }

    /// The same request of 60 KB again and again, at the bare engine and through LocalCode in turns. None where a vocabulary
    /// makes too many tokens of it.
    private func pairs() async throws -> [[CacheLane.Sample]] {
        var question = ""
        var part = 0
        while question.utf8.count < 59_800 {
            question += text.text("pair \(part)", tokens: 200) + "\n"
            part += 1
        }
        guard Double(part * 200) < Double(plan.contextSize) / 2 else { return [] }
        let talk = CacheLane.Talk(id: "bench-pairs", questions: [String(question.prefix(59_800))])
        var samples: [[CacheLane.Sample]] = [[], []]
        for round in 0..<(2 + plan.pairs) {
            for turn in 0..<2 {
                let lane = (turn + round) % 2
                let sample = try await onOwnThread { [lane = lanes[lane]] in
                    var talk = talk
                    return try lane.ask(&talk)
                }
                if round >= 2 { samples[lane].append(sample) }
            }
        }
        return samples
    }
}

/// The middle value; nil without values.
func median(_ values: [Double]) -> Double? {
    guard !values.isEmpty else { return nil }
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
