import Support
import Testing

@testable import LocalCodeCore

@Suite struct SpeculationBookTests {
    private let directory: TestDirectory
    private var path: String { "\(directory.path)/speculation.json" }
    private let ngram = ModelEntry.Speculation(kinds: ["ngram-mod"])

    init() throws { directory = try TestDirectory() }

    private func entry(_ name: String = "coder", hasGovernor: Bool = true, threads: Int? = nil) -> ModelEntry {
        var entry = ModelEntry(name: name, source: .huggingFace("org/model"))
        entry.speculation = ngram
        entry.hasGovernor = hasGovernor
        entry.threads = threads
        return entry
    }

    private func usage(_ tokens: Int, speed: Double, drafted: Int = 0, accepted: Int = 0) -> Usage {
        var usage = Usage()
        usage.completion = tokens
        usage.decodeSeconds = Double(tokens) / speed
        usage.drafted = drafted
        usage.accepted = accepted
        return usage
    }

    @Test func oneStartTriesEachAndThenTheFasterOneIsUsed() async {
        let book = SpeculationBook(path: path)
        #expect(book.choose(for: entry(), offered: []) == ngram)
        #expect(book.record("coder", ngram, usage(2000, speed: 30, drafted: 900, accepted: 400)) == .keep)
        #expect(book.choose(for: entry(), offered: []) == .none)
        #expect(book.record("coder", .none, usage(2000, speed: 50)) == .keep)
        #expect(book.choose(for: entry(), offered: []) == .none)
        let verdict = book.record("coder", ngram, usage(100, speed: 30))
        #expect(verdict == .change(to: .none, why: "none writes 50.0 tokens/s, ngram-mod 30.0"))
    }

    @Test func withoutAGovernorTheEntryDecidesAndNothingIsKept() async throws {
        let book = SpeculationBook(path: path)
        let entry = entry(hasGovernor: false)
        #expect(book.choose(for: entry, offered: []) == ngram)
        #expect(book.record("coder", ngram, usage(5000, speed: 1, drafted: 5000)) == .keep)
        await book.save()
        #expect(TestFiles.below(directory.path).isEmpty)
        var reranker = self.entry()
        reranker.mode = .rerank
        #expect(book.choose(for: reranker, offered: ["ngram-mod"]) == reranker.speculation)
        #expect(book.records(of: "coder").isEmpty)
    }

    @Test func measurementsOutliveTheProcess() async throws {
        let first = SpeculationBook(path: path)
        _ = first.choose(for: entry(), offered: [])
        _ = first.record("coder", ngram, usage(2000, speed: 30))
        _ = first.record("coder", ngram, usage(500, speed: 20, drafted: 100, accepted: 7), isAfterRestore: true)
        await first.save()
        #expect(TestFiles.below(directory.path) == [path], "nothing but the file is left")
        let second = SpeculationBook(path: path)
        #expect(second.choose(for: entry(), offered: []) == .none, "the other one is measured")
        let record = try #require(second.records(of: "coder")["ngram-mod"])
        #expect(record.afterRestore.acceptance == 0.07 && record.counted == 2500)
        #expect(record == first.records(of: "coder")["ngram-mod"])
    }

    @Test func twoProcessesKeepEachOthersMeasurements() async {
        let (first, second) = (SpeculationBook(path: path), SpeculationBook(path: path))
        _ = first.choose(for: entry(), offered: [])
        _ = second.choose(for: entry(), offered: [])
        _ = first.record("coder", ngram, usage(2000, speed: 30))
        _ = second.record("coder", .none, usage(2000, speed: 40))
        await first.save()
        await second.save()
        let third = SpeculationBook(path: path)
        _ = third.choose(for: entry(), offered: [])
        #expect(third.records(of: "coder").keys.sorted() == ["ngram-mod", "none"])
    }

    @Test func whatTheSpeedDependsOnMakesItAnotherModel() async throws {
        let book = SpeculationBook(path: path)
        _ = book.choose(for: entry(), offered: [])
        _ = book.record("coder", ngram, usage(2000, speed: 30))
        #expect(book.choose(for: entry("other name"), offered: []) == .none, "the weights count, and not the name")
        #expect(book.choose(for: entry(threads: 4), offered: []) == ngram)
        #expect(book.records(of: "coder").isEmpty)
        // And so do the weights of a file.
        let (tiny, twin) = (try await TinyModel.tiny.path(), try await TinyModel.twin.path())
        var model = entry()
        model.source = .file(tiny)
        _ = book.choose(for: model, offered: [])
        _ = book.record("coder", ngram, usage(2000, speed: 30))
        model.source = .file(twin)
        #expect(book.choose(for: model, offered: []) == ngram)
        model.source = .file(tiny)
        #expect(book.choose(for: model, offered: []) == .none)
    }

    @Test func anEngineThatWritesTwoAnswersSaysNothing() {
        let book = SpeculationBook(path: path)
        _ = book.choose(for: entry(), offered: [])
        #expect(book.record("coder", ngram, usage(2000, speed: 30), isAlone: false) == .keep)
        #expect(book.records(of: "coder").isEmpty)
    }

    @Test(arguments: ["", "{", "[]", #"{"models":{"a":{"none":{"counted":1}},"b":7}}"#])
    func aDamagedFileIsWrittenAnew(text: String) async throws {
        try directory.write(text, to: "speculation.json")
        let book = SpeculationBook(path: path)
        #expect(book.choose(for: entry(), offered: []) == ngram)
        _ = book.record("coder", ngram, usage(2000, speed: 30))
        await book.save()
        #expect(SpeculationBook(path: path).choose(for: entry(), offered: []) == .none)
    }

    @Test func aPlaceThatCannotBeWrittenIsNoFailure() async {
        let book = SpeculationBook(path: "\(directory.path)/not/there/speculation.json")
        _ = book.choose(for: entry(), offered: [])
        _ = book.record("coder", ngram, usage(2000, speed: 30))
        await book.save()
        #expect(book.choose(for: entry(), offered: []) == .none)
    }
}
