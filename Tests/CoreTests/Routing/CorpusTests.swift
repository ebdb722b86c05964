import LocalCodeCore
import Support
import Testing

/// Requests of every client and kind, written from how the clients are known to behave, by somebody who did not look at the
/// classifier.
@Suite struct CorpusTests {
    private struct Miss: CustomStringConvertible {
        let description: String
        /// What was waited for was taken for what nobody waits for.
        let isDangerous: Bool
    }

    private static func read(_ request: TrafficCase) throws -> RequestClass {
        RequestClass(headers: request.headers, body: try JSONView(validating: request.body.bytes))
    }

    /// Kinds that a main turn must not be taken for: they may wait, or go to a smaller model.
    private static let background: [RequestKind] = [.title, .summary, .compaction, .commit]

    private static func misses() throws -> [Miss] {
        try TrafficCorpus.all.compactMap { request in
            let found = try read(request)
            guard found.client != request.client || found.kind != request.kind else { return nil }
            return Miss(
                description: "\(request.name): \(found.client) \(found.kind), not \(request.client) \(request.kind)",
                isDangerous: request.isMain && background.contains(found.kind))
        }
    }

    @Test func clientsAndKindsAreRecognised() throws {
        let misses = try Self.misses()
        let share = 1 - Double(misses.count) / Double(TrafficCorpus.all.count)
        #expect(TrafficCorpus.all.count >= 250)
        #expect(
            share >= 0.98,
            "\(misses.count) of \(TrafficCorpus.all.count):\n\(misses.map(\.description).joined(separator: "\n"))")
    }

    @Test func noMainTurnIsTakenForBackgroundWork() throws {
        let dangerous = try Self.misses().filter(\.isDangerous)
        #expect(dangerous.isEmpty, "\(dangerous.map(\.description).joined(separator: "\n"))")
    }

    @Test func conversationsAndProjectsAreFound() throws {
        for request in TrafficCorpus.all {
            let found = try Self.read(request)
            #expect(found.conversation == request.conversation, "\(request.name)")
            #expect(found.parent == request.parent, "\(request.name)")
            #expect(found.project == request.project, "\(request.name)")
        }
    }

    /// Every kind and every client that there are cases of, and none twice.
    @Test func theCorpusHasEverything() {
        let all = TrafficCorpus.all
        #expect(RequestKind.allCases.filter { kind in !all.contains { $0.kind == kind } }.isEmpty)
        let missing = RequestClient.allCases.filter { client in !all.contains { $0.client == client } }
        #expect(missing == [.localCode])
        #expect(Set(all.map { "\($0.headers.map { "\($0.name):\($0.value)" })\($0.body)" }).count == all.count)
    }
}
