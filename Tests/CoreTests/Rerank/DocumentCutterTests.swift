import Support
import Synchronization
import Testing

@testable import LocalCodeCore

@Suite struct TextCutTests {
    @Test(arguments: [1, 2, 3, 7, 16, 100, 1000], [true, false])
    func nothingIsLostAndNoCharacterIsCut(size: Int, fromEnd: Bool) {
        let text = "one two\n\nthree 日本語テキスト\nfour\tfive 😀😀😀 " + String(repeating: "é", count: 90)
        let parts = TextCut.parts(text, size: size, fromEnd: fromEnd)
        #expect(parts.joined() == text)
        #expect(parts.allSatisfy { !$0.isEmpty && $0.utf8.count <= size + size / 8 + 3 })
        #expect(!parts.joined().unicodeScalars.contains("\u{FFFD}"))
    }

    @Test(arguments: [
        ("aaa bbb\nccc ddd\n\neee", 18, ["aaa bbb\nccc ddd\n\n", "eee"]),
        ("aaaaaaa bb\ncc dd", 12, ["aaaaaaa bb\n", "cc dd"]),
        ("aaaaaa bbbb", 8, ["aaaaaa ", "bbbb"]), ("aaaaaaaaaa", 4, ["aaaa", "aaaa", "aa"]),
    ])
    func theBestPlaceNearTheEndIsTaken(text: String, size: Int, parts: [String]) {
        #expect(TextCut.parts(text, size: size) == parts)
    }

    @Test func theOddPartCanBeTheFirst() {
        #expect(TextCut.parts("aaaaaaaaab", size: 4, fromEnd: true) == ["aa", "aaaa", "aaab"])
    }
}

@Suite struct DocumentCutterTests {
    /// Counts words, and how often it was asked.
    private final class Words: Sendable {
        let asked = Atomic<Int>(0)
        func count(_ text: String) -> Int {
            asked.wrappingAdd(1, ordering: .relaxed)
            return text.split(separator: " ").count
        }
    }

    private func cut(
        _ documents: [String], budget: Int?, _ limits: DocumentLimits = DocumentLimits(), countsAll: Bool = false,
        words: Words = Words()
    ) async throws -> [DocumentPiece] {
        try await DocumentCutter(budget: budget, countsAll: countsAll, limits: limits) { words.count($0) }
            .pieces(of: documents)
    }

    private let long = (0..<100).map { "w\($0)" }.joined(separator: " ")

    @Test func whatFitsIsNotCounted() async throws {
        let words = Words()
        #expect(try await cut(["a b c", "", "d"], budget: 10, words: words).map(\.text) == ["a b c", "", "d"])
        #expect(words.asked.load(ordering: .relaxed) == 0)
        #expect(try await cut([long], budget: nil, words: words).count == 1)
        _ = try await cut(["a b c"], budget: 10, countsAll: true, words: words)
        #expect(words.asked.load(ordering: .relaxed) == 1)
    }

    @Test func aLongDocumentIsCutIntoEqualPiecesThatFit() async throws {
        let pieces = try await cut(["short", long, "end"], budget: 30)
        #expect(pieces.map(\.document) == [0, 1, 1, 1, 1, 2])
        #expect(pieces.dropFirst().dropLast().map(\.text).joined() == long)
        #expect(pieces[1...4].allSatisfy { (20...30).contains($0.text.split(separator: " ").count) })
        #expect(
            DocumentPiece.note(pieces, documents: 3)
                == "1 document was too long for the model: 4 pieces, of which the best one counts")
    }

    @Test func onlySoManyPiecesCount() async throws {
        let two = try await cut([long], budget: 30, DocumentLimits(pieces: 2))
        #expect(two.count == 2)
        #expect(long.hasPrefix(two.map(\.text).joined()))
        let first = try await cut([long], budget: 30, DocumentLimits(pieces: 1))
        // As much as fits, not a quarter.
        #expect(first.count == 1 && (26...30).contains(first[0].text.split(separator: " ").count))
        let last = try await cut([long], budget: 30, DocumentLimits(pieces: 1, keepsEnd: true))
        #expect(last.count == 1 && long.hasSuffix(last[0].text))
    }

    @Test func onlySoManyTokensCount() async throws {
        let pieces = try await cut([long, "a"], budget: 1000, DocumentLimits(tokens: 40))
        #expect(pieces.count == 2)
        #expect(long.hasPrefix(pieces[0].text))
        #expect((36...40).contains(pieces[0].text.split(separator: " ").count))
    }

    @Test func hugeDocumentsAreRefusedAndNotCountedAsOne() async throws {
        let words = Words()
        let huge = String(repeating: "w ", count: 300_000)
        let pieces = try await cut([huge], budget: 500, words: words)
        #expect(pieces.map(\.text).joined() == huge)
        let error = await #expect(throws: APIError.self) { _ = try await cut([huge], budget: 16) }
        #expect(error?.status == 413)
        #expect(try await cut([huge], budget: 16, DocumentLimits(pieces: 1)).count == 1)
    }

    @Test func whatCannotBeCutStaysWhole() async throws {
        let pieces = try await DocumentCutter(budget: 2, countsAll: true) { 3 * $0.unicodeScalars.count }.pieces(of: [
            "ab😀"
        ])
        #expect(pieces.map(\.text) == ["a", "b", "😀"])
    }

    @Test func batchesAreBounded() {
        let pieces = [3, 3, 3, 9, 1, 1].enumerated().map {
            DocumentPiece(document: $0, text: String(repeating: "x", count: $1))
        }
        #expect(
            DocumentPiece.batches(pieces, count: 3, bytes: 7).map { $0.map(\.document) } == [
                [0, 1], [2], [3], [4, 5],
            ])
        #expect(DocumentPiece.batches(pieces, count: 2, bytes: 100).map(\.count) == [2, 2, 2])
        #expect(DocumentPiece.batches([], count: 2, bytes: 100).isEmpty)
    }

    @Test(.timeLimit(.minutes(1))) func threeRunAtATime() async throws {
        let state = Mutex((running: 0, most: 0, waiting: [CheckedContinuation<Void, Never>]()))
        let results = try await mapConcurrently(Array(0..<21), atMost: 3) { number in
            // Each waits until three are there.
            await withCheckedContinuation { continuation in
                let ready = state.withLock { state -> [CheckedContinuation<Void, Never>] in
                    state.running += 1
                    state.most = max(state.most, state.running)
                    state.waiting.append(continuation)
                    guard state.waiting.count == 3 else { return [] }
                    defer { state.waiting = [] }
                    return state.waiting
                }
                for continuation in ready { continuation.resume() }
            }
            // A fourth one would come now.
            try await Task.sleep(for: .milliseconds(2))
            state.withLock { $0.running -= 1 }
            return number * 2
        }
        #expect(results == (0..<21).map { $0 * 2 })
        #expect(state.withLock { $0.most } == 3)
    }

    @Test func theFirstErrorEndsTheRest() async {
        struct Stop: Error {}
        await #expect(throws: Stop.self) {
            _ = try await mapConcurrently(Array(0..<10), atMost: 2) { number in
                if number == 1 { throw Stop() }
                try await Task.sleep(for: .seconds(3600))
            }
        }
    }
}
