import LocalCodeCore
import Support
import Synchronization
import Testing

/// Two `serve`, each with an engine of its own, and a `cache prune` after the other, on one store.
@Suite(.serialized, .timeLimit(.minutes(4))) struct StateSharingTests {
    /// A conversation that goes from one to the other.
    private struct Thread: Sendable {
        let letter: Character
        var talk: Conversation
        var last: Reply?

        init(_ letter: Character, seed: UInt64) {
            self.letter = letter
            talk = Conversation(system: "\(letter) \(Prose.system(600, seed: seed))", tokens: 8)
        }
    }

    /// Conversations that nobody is asking.
    private final class Pool: Sendable {
        private let threads: Mutex<[Thread]>
        private let random = Mutex(SeededRandom(5))

        init(_ threads: [Thread]) { self.threads = Mutex(threads) }

        func take() -> Thread? {
            let word = random.withLock { $0.next() }
            return threads.withLock { $0.isEmpty ? nil : $0.remove(at: Int(word % UInt64($0.count))) }
        }

        func put(_ thread: Thread) { threads.withLock { $0.append(thread) } }
        var all: [Thread] { threads.withLock { $0 } }
    }

    private final class Counts: Sendable {
        let turns = Atomic(0)
        let prunes = Atomic(0)
        let restored = Atomic(0)
    }

    /// What the prunes remove: nothing that is in use, or nearly everything.
    @Test(arguments: [["--quarantined"], ["--max-entries", "3"]])
    func nothingIsLostOrHalfWritten(prune: [String]) async throws {
        let one = try await StateRig.start(.echo)
        let two = try await StateRig.start(.echo, home: one.home)
        let pool = Pool("ABCDEFGH".enumerated().map { Thread($1, seed: UInt64($0)) })
        let counts = Counts()
        let isKept = prune == ["--quarantined"]
        let end = ContinuousClock.now + .seconds(20)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for rig in [one, two] {
                tasks.addTask {
                    while ContinuousClock.now < end {
                        guard var thread = pool.take() else { continue }
                        try await Self.turn(&thread, rig, others: [one, two], isKept: isKept, counts)
                        pool.put(thread)
                    }
                }
            }
            tasks.addTask {
                while ContinuousClock.now < end {
                    let result = try await LocalCodeProcess.run(["cache", "prune"] + prune, home: one.home)
                    #expect(result.status == .exited(0), "\(result.errors)")
                    counts.prunes.add(1, ordering: .relaxed)
                }
            }
            try await tasks.waitForAll()
        }
        #expect(counts.turns.load(ordering: .relaxed) > 20)
        #expect(counts.prunes.load(ordering: .relaxed) > 5)
        #expect(counts.restored.load(ordering: .relaxed) > 5)

        for rig in [one, two] {
            #expect(await rig.proxy.terminate() == .exited(0))
            #expect(!rig.proxy.lines.contains { $0.contains("quarantined") || $0.contains("damaged") })
        }
        let check = try await one.command("cache", "verify")
        #expect(check.status == .exited(0), "\(check.output)\(check.errors)")
        // Every file has its row, every row its file.
        let paths = try await one.entries().compactMap { $0["path"]?.string }
        #expect(Set(paths) == Set(one.states))
    }

    private static func turn(
        _ thread: inout Thread, _ rig: StateRig, others: [StateRig], isKept: Bool, _ counts: Counts
    ) async throws {
        // A conversation that fills its slot is over.
        if thread.last?.promptTokens ?? 0 > 3000 {
            thread = Thread(thread.letter, seed: UInt64(thread.talk.messages.count))
        }
        let turn = counts.turns.add(1, ordering: .relaxed).newValue
        let reply = try await thread.talk.ask("\(thread.letter) \(Prose.text(12, seed: UInt64(turn)))", rig.url)
        #expect(reply.text == String(repeating: thread.letter, count: 8))
        if let last = thread.last, isKept {
            let title = ": \(thread.letter) "
            let story = { others.map { $0.notes.filter { $0.contains(title) || $0.contains("cannot") }.suffix(4) } }
            #expect(
                reply.cachedTokens >= last.promptTokens + last.answerTokens - 64,
                "\(reply.receipt as Any): \(story())")
        }
        if reply.receipt?.source == "restored" { counts.restored.add(1, ordering: .relaxed) }
        thread.last = reply
        try await rig.settle()
    }
}
