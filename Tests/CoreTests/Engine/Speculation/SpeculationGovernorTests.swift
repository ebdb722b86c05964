import Testing

@testable import LocalCodeCore

@Suite struct SpeculationGovernorTests {
    private typealias Setup = ModelEntry.Speculation

    private let draft = Setup(kinds: ["draft-simple"], draft: "/m/small.gguf")
    private let ngram = Setup(kinds: ["ngram-mod"])

    private func entry(_ setup: ModelEntry.Speculation) -> ModelEntry {
        var entry = ModelEntry(name: "coder", source: .file("/m/coder.gguf"))
        entry.speculation = setup
        entry.hasGovernor = true
        return entry
    }

    /// A record of so many tokens at a speed.
    private func record(
        _ speed: Double, tokens: Int = 2000, drafted: Int = 0, accepted: Int = 0, isAfterRestore: Bool = false
    ) -> SpeculationRecord {
        var record = SpeculationRecord()
        add(&record, speed, tokens: tokens, drafted: drafted, accepted: accepted, isAfterRestore: isAfterRestore)
        return record
    }

    private func add(
        _ record: inout SpeculationRecord, _ speed: Double, tokens: Int = 2000, drafted: Int = 0, accepted: Int = 0,
        isAfterRestore: Bool = false
    ) {
        var usage = Usage()
        usage.completion = tokens
        usage.decodeSeconds = Double(tokens) / speed
        usage.drafted = drafted
        usage.accepted = accepted
        record.add(usage, isAfterRestore: isAfterRestore, now: 0)
    }

    private func keys(_ setups: [ModelEntry.Speculation]) -> [String] { setups.map(\.key) }

    // MARK: Candidates

    @Test func theConfiguredSetUpComesFirstThenNone() {
        var both = draft
        both.kinds = ["ngram-mod", "draft-simple"]
        both.draftMax = 8
        both.ngramMatch = 24
        let candidates = SpeculationGovernor.candidates(
            for: entry(both), offered: ["none", "ngram-mod", "ngram-cache"])
        #expect(
            keys(candidates) == [
                "ngram-mod,draft-simple max=8 n=24 draft=/m/small.gguf", "none", "ngram-mod n=24",
                "draft-simple max=8 draft=/m/small.gguf",
            ])
    }

    @Test func oneKindIsNotThereTwice() {
        #expect(
            keys(SpeculationGovernor.candidates(for: entry(ngram), offered: ["ngram-mod"])) == ["ngram-mod", "none"])
    }

    @Test func whereNothingIsConfiguredTheTextAloneIsTried() {
        let offered = ["none", "draft-simple", "ngram-simple", "ngram-mod", "ngram-cache"]
        #expect(
            keys(SpeculationGovernor.candidates(for: entry(.none), offered: offered)) == [
                "none", "ngram-mod", "ngram-simple",
            ])
        #expect(keys(SpeculationGovernor.candidates(for: entry(.none), offered: [])) == ["none"])
    }

    @Test func aDraftWithoutAKindIsSimpleAndNoneIsNone() {
        #expect(Setup(draft: "/m/small.gguf").key == draft.key)
        #expect(Setup(kinds: ["none"]).key == "none" && Setup(kinds: ["none"], draft: "/m/small.gguf").key == "none")
        #expect(draft.label == "draft-simple (small.gguf)" && Setup.none.label == "none")
        var other = draft
        other.draftMax = 16
        #expect(other.key != draft.key)
    }

    // MARK: At a start

    @Test func whatIsNotMeasuredIsTriedInItsOrder() {
        let candidates = [draft, .none, ngram]
        var records: [String: SpeculationRecord] = [:]
        #expect(SpeculationGovernor.choose(candidates, records) == draft)
        records[draft.key] = record(50)
        #expect(SpeculationGovernor.choose(candidates, records) == .none)
        records["none"] = record(40, tokens: 100)
        #expect(SpeculationGovernor.choose(candidates, records) == .none, "a hundred tokens are not enough")
        records["none"] = record(40)
        #expect(SpeculationGovernor.choose(candidates, records) == ngram)
        records[ngram.key] = record(60)
        #expect(SpeculationGovernor.choose(candidates, records) == ngram)
    }

    @Test(arguments: [(41.0, "configured"), (40.0, "configured"), (42.0, "none"), (80, "none"), (10, "configured")])
    func theFastestIsUsedAndTheConfiguredOneWhereItIsClose(speed: Double, winner: String) {
        let records = [draft.key: record(40), "none": record(speed)]
        let chosen = SpeculationGovernor.choose([draft, .none], records)
        #expect(chosen == (winner == "none" ? .none : draft))
    }

    @Test func whatOnlyGuessesWrongIsNotTriedToTheEnd() {
        let records = [draft.key: record(40, tokens: 300, drafted: 600, accepted: 20)]
        #expect(SpeculationGovernor.choose([draft, .none], records) == .none)
    }

    // MARK: While it runs

    @Test func itFallsBackToNoneWhereThatIsFaster() {
        let records = [draft.key: record(30, drafted: 900, accepted: 400), "none": record(40)]
        #expect(
            SpeculationGovernor.verdict(draft, [draft, .none], records)
                == .change(to: .none, why: "none writes 40.0 tokens/s, draft-simple (small.gguf) 30.0"))
        #expect(SpeculationGovernor.verdict(.none, [draft, .none], records) == .keep)
    }

    @Test(arguments: [(40.0, false), (43, false), (45, true)])
    func aStartMustPay(speed: Double, changes: Bool) {
        let records = [draft.key: record(40, drafted: 900, accepted: 400), "none": record(speed)]
        #expect((SpeculationGovernor.verdict(draft, [draft, .none], records) != .keep) == changes)
    }

    @Test func aLittleOfEitherDecidesNothing() {
        let records = [draft.key: record(30, tokens: 200, drafted: 100, accepted: 50), "none": record(90)]
        #expect(SpeculationGovernor.verdict(draft, [draft, .none], records) == .keep)
        let other = [draft.key: record(30, drafted: 900, accepted: 400), "none": record(90, tokens: 200)]
        #expect(SpeculationGovernor.verdict(draft, [draft, .none], other) == .keep)
    }

    @Test func wrongGuessesAloneAreAReasonToTryNone() {
        let records = [draft.key: record(30, tokens: 400, drafted: 600, accepted: 60)]
        #expect(
            SpeculationGovernor.verdict(draft, [draft, .none], records)
                == .change(to: .none, why: "only 10 % of the guesses of draft-simple (small.gguf) are right"))
        let fine = [draft.key: record(30, tokens: 400, drafted: 600, accepted: 300)]
        #expect(SpeculationGovernor.verdict(draft, [draft, .none], fine) == .keep)
    }

    @Test func whatGuessesWrongAndIsFasterAllTheSameStays() {
        let records = [ngram.key: record(60, drafted: 9000, accepted: 900), "none": record(40)]
        #expect(SpeculationGovernor.verdict(ngram, [ngram, .none], records) == .keep)
        #expect(SpeculationGovernor.choose([ngram, .none], records) == ngram)
    }

    /// Whatever is measured, what a verdict asks for is not what the next start would undo.
    @Test func aVerdictAndTheNextStartAgree() {
        let speeds = [10.0, 40, 41, 43, 50]
        for first in speeds {
            for second in speeds {
                for accepted in [10, 400] {
                    let records = [draft.key: record(first, drafted: 900, accepted: accepted), "none": record(second)]
                    for current in [draft, .none] {
                        guard case .change(let next, _) = SpeculationGovernor.verdict(current, [draft, .none], records)
                        else { continue }
                        #expect(SpeculationGovernor.choose([draft, .none], records) == next)
                        #expect(SpeculationGovernor.verdict(next, [draft, .none], records) == .keep)
                    }
                }
            }
        }
    }

    // MARK: Records

    @Test func answersAfterARestoreAreKeptApartAndCountInAll() throws {
        var record = record(80, drafted: 1000, accepted: 900)
        add(&record, 20, drafted: 1000, accepted: 100, isAfterRestore: true)
        #expect(record.figures.acceptance == 0.9 && record.afterRestore.acceptance == 0.1)
        #expect(record.all.acceptance == 0.5 && record.counted == 4000)
        #expect(record.all.tokensPerSecond == 32, "2000 tokens at 80 and 2000 at 20")
        #expect(SpeculationRecord(json: try JSONValue(parsing: record.json.bytes)) == record)
    }

    @Test func whatIsLongAgoCountsLess() throws {
        var record = record(10, tokens: 2000)
        for _ in 0..<60 { add(&record, 100, tokens: 2000) }
        let speed = try #require(record.all.tokensPerSecond)
        #expect(speed > 90 && speed < 100)
        #expect(record.all.tokens < 3 * SpeculationFigures.halfLife)
        #expect(record.counted == 122_000)
    }

    @Test(arguments: [(8, 1.0), (100, 0), (100, -1), (100, .infinity), (100, .nan), (-5, 1), (.max, 1)])
    func whatSaysNothingIsNotTaken(tokens: Int, seconds: Double) {
        var record = SpeculationRecord()
        var usage = Usage()
        usage.completion = tokens
        usage.decodeSeconds = seconds
        let saidSomething = record.add(usage, isAfterRestore: false, now: 1)
        #expect(!saidSomething && record == SpeculationRecord())
    }

    @Test(arguments: [
        "null", "{}", #"{"counted":-1,"updated":0,"fresh":{},"after_restore":{}}"#,
        #"{"counted":1,"updated":0,"fresh":{"tokens":-1,"seconds":1,"drafted":0,"accepted":0},"after_restore":{}}"#,
    ])
    func aDamagedRecordIsNone(text: String) throws {
        #expect(SpeculationRecord(json: try JSONValue(parsing: Array(text.utf8))) == nil)
    }
}
