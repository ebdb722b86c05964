import Support
import Testing

@testable import LocalCodeCore

@Suite struct StateRecordsTests {
    private let place: StorePlace

    init() throws { place = try StorePlace() }

    // MARK: The journal

    @Test func aRequestIsKept() throws {
        let store = try place.open()
        var record = RequestRecord(conversation: Talk("a", "b", "c"), body: Array("{\"x\": \"\u{0}ü\"}".utf8))
        record.session = "ses_1"
        record.actualTokens = 250
        record.promptTokens = 300
        record.restoreMilliseconds = 12.5
        try store.append(record)
        try store.append(RequestRecord(conversation: Talk("a")))
        let found = try place.open().requests(limit: 9)
        #expect(found.map(\.id) == [2, 1])
        record.id = 1
        #expect(found.last == record)
        #expect(found.first?.session == nil)
        #expect(found.first?.actualTokens == nil)
        #expect(found.first?.restoreMilliseconds == nil)
        #expect(try store.requests(limit: 1).count == 1)
        #expect(try store.requests(limit: -1).isEmpty)
    }

    @Test func theOldestGo() throws {
        var limits = StorePlace.limits
        limits.journalEntries = 3
        limits.journalBytes = 1000
        let store = try place.open(limits)
        for size in [1, 2, 3, 4] {
            try store.append(RequestRecord(conversation: Talk("a"), body: [UInt8](repeating: 7, count: size)))
        }
        #expect(try store.requests(limit: 9).map(\.body.count) == [4, 3, 2])
        try store.append(RequestRecord(conversation: Talk("a"), body: [UInt8](repeating: 7, count: 997)))
        #expect(try store.requests(limit: 9).map(\.body.count) == [997])
        try store.append(RequestRecord(conversation: Talk("a"), body: [UInt8](repeating: 7, count: 1001)))
        #expect(try store.requests(limit: 9).map(\.body.count) == [0, 997])
        limits.journalEntries = 0
        try place.open(limits).append(RequestRecord(conversation: Talk("a")))
        #expect(try store.requests(limit: 9).count == 2)
    }

    // MARK: Bases

    @Test func conversationsOfABaseAreCounted() throws {
        let store = try place.open()
        let base = Talk("s").key
        #expect(try store.seenBase(base, conversation: Talk("s", "1").key) == 1)
        #expect(try store.seenBase(base, conversation: Talk("s", "1").key) == 1)
        #expect(try store.seenBase(Talk("t").key, conversation: Talk("t", "1").key) == 1)
        #expect(try place.open().seenBase(base, conversation: Talk("s", "2").key) == 2)
    }

    @Test func theTableOfBasesIsBounded() throws {
        let store = try place.open()
        for number in 0..<40 {
            place.now += 1
            #expect(try store.seenBase(Talk("s").key, conversation: Talk("s", "\(number)").key) == min(number + 1, 16))
        }
        for number in 0..<4200 {
            place.now += 1
            _ = try store.seenBase(Talk("\(number)").key, conversation: Talk("\(number)", "1").key)
        }
        // The oldest are forgotten, the newest are not.
        #expect(try store.seenBase(Talk("s").key, conversation: Talk("s", "40").key) == 1)
        #expect(try store.seenBase(Talk("4199").key, conversation: Talk("x").key) == 2)
    }

    // MARK: Engines

    @Test func anEngineIsRemembered() throws {
        let store = try place.open()
        let fingerprint = StateDescription.fingerprint
        #expect(try store.engine(fingerprint.digest) == nil)
        var record = EngineRecord(fingerprint: fingerprint.digest, model: "tiny")
        try store.update(record)
        #expect(try store.engine(fingerprint.digest) == record)
        record.components = fingerprint
        record.ability = .checkpoints
        record.reason = "tried"
        record.probed = 1_800_000_000
        record.prefillTokensPerSecond = 812.25
        record.saveBytesPerSecond = 1e9
        record.restoreBytesPerSecond = 2e9
        record.bytesPerToken = 12_345
        try store.update(record)
        #expect(try place.open().engine(fingerprint.digest) == record)
        place.now += 1
        try store.update(EngineRecord(fingerprint: SHA256.digest([1]), model: "other"))
        #expect(try store.engines().map(\.model) == ["other", "tiny"])
        record.prefillTokensPerSecond = .nan
        try store.update(record)
        #expect(try store.engine(fingerprint.digest)?.prefillTokensPerSecond == nil)
    }

    @Test func enginesAreBounded() throws {
        let store = try place.open()
        for number in 0..<260 {
            place.now += 1
            try store.update(EngineRecord(fingerprint: Talk("\(number)").key, model: "\(number)"))
        }
        #expect(try store.engines().count == 256)
        #expect(try store.engines().last?.model == "4")
    }
}

extension RequestRecord {
    init(conversation talk: Talk, body: [UInt8] = []) {
        self.init(
            time: 1_800_000_000.25, fingerprint: StateDescription.fingerprint.digest, conversation: talk.digests[0],
            model: "tiny", key: talk.key, boundaries: talk.boundaries, placement: "restored", expectedTokens: 200,
            savedSeconds: 1.5, body: body)
    }
}
