import Support
import Testing

@testable import LocalCodeCore

@Suite struct StateMatchTests {
    private let place: StorePlace
    private let store: StateStore
    private let exchange: StateExchange

    init() throws {
        place = try StorePlace()
        store = try place.open()
        exchange = try store.exchange()
    }

    private func matches(_ words: [String], limit: Int = 10) throws -> [String] {
        try store.matches(Talk(words).digests, limit: limit).map { match in
            #expect(match.tokens == (match.boundary + 1) * 100)
            return "\(match.entry.boundaries.count)@\(match.boundary)"
        }
    }

    @Test func theDeepestFirst() throws {
        try exchange.save(Talk("s"))
        try exchange.save(Talk("s", "1", "2", "3"))
        try exchange.save(Talk("s", "1", "2"))
        try exchange.save(Talk("other", "1", "2"))
        #expect(try matches(["s", "1", "2", "3", "4"]) == ["4@3", "3@2", "1@0"])
        #expect(try matches(["s", "1", "2", "3"]) == ["4@3", "3@2", "1@0"])
        // Both have this one; the one that ends there comes first.
        #expect(try matches(["s", "1", "2"]) == ["3@2", "4@2", "1@0"])
        #expect(try matches(["s", "1", "2", "x"]) == ["3@2", "4@2", "1@0"])
        #expect(try matches(["s", "x"]) == ["1@0", "3@0", "4@0"])
        #expect(try matches(["s"], limit: 2) == ["1@0", "3@0"])
        #expect(try matches(["s", "1", "2", "x"], limit: 2) == ["3@2", "4@2"])
        #expect(try matches(["s", "1", "2", "3"], limit: 0) == [])
        #expect(try matches(["t", "1", "2", "3"]) == [])
    }

    /// Against the plain way: every entry compared with the chain.
    @Test func asIfEachWereCompared() throws {
        var random = SystemRandomNumberGenerator()
        var talks: [[String]] = []
        for _ in 0..<60 {
            let words = (0..<Int.random(in: 1...9, using: &random)).map { _ in
                String(Int.random(in: 0...1, using: &random))
            }
            talks.append(words)
            try exchange.save(Talk(words), StateBytes(tokens: 4, parts: [.attention(cells: 4)]))
        }
        let kept = Set(talks)
        #expect(try store.entries().count == kept.count)
        for _ in 0..<100 {
            let words = (0..<Int.random(in: 1...12, using: &random)).map { _ in
                String(Int.random(in: 0...1, using: &random))
            }
            let shared = kept.map { talk in (talk, zip(talk, words).prefix { $0 == $1 }.count) }
            let limit = Int.random(in: 1...12, using: &random)
            let expected = shared.filter { $0.1 > 0 }.map { ($0.1 - 1, -($0.0.count - $0.1)) }.sorted { $0 > $1 }
            let found = try store.matches(Talk(words).digests, limit: limit).map {
                ($0.boundary, -($0.entry.boundaries.count - 1 - $0.boundary))
            }
            #expect(found.map(\.0) == expected.prefix(limit).map(\.0))
            #expect(found.map(\.1) == expected.prefix(limit).map(\.1))
        }
    }

    @Test func anotherFingerprintIsNotFound() throws {
        try exchange.save(Talk("s", "1"))
        let chain = PrefixChain(base: .init(digest: SHA256.digest([1]), bytes: 1))
        #expect(try store.matches(chain, limit: 3).isEmpty)
    }

    @Test func aChainOfTheLargestLength() throws {
        let words = (0..<PrefixChain.limit).map(String.init)
        try exchange.save(Talk(words))
        #expect(try matches(words) == ["\(PrefixChain.limit)@\(PrefixChain.limit - 1)"])
        #expect(try matches(Array(words[..<1000]) + ["x"]) == ["\(PrefixChain.limit)@999"])
    }

    @Test func aNameThatWasTakenForAnotherTalkIsNotFoundByTheOld() throws {
        try exchange.save(StateDescription(Talk("s"), kind: .named, name: "lunch"))
        try exchange.save(StateDescription(Talk("t"), kind: .named, name: "lunch"))
        try exchange.save(Talk("s", "1"))
        #expect(try matches(["s"], limit: 1) == ["2@0"])
    }

    @Test func whatIsGoneIsNotFound() throws {
        let entry = try exchange.save(Talk("s", "1"))
        try store.quarantine(entry.id, reason: "test")
        #expect(try matches(["s", "1"]) == [])
        try exchange.save(Talk("s", "1"), StateBytes(seed: 2))
        try store.remove([entry.id])
        #expect(try matches(["s", "1"]) == [])
    }
}
