import Dispatch
import LocalCodeCore
import Synchronization
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite struct AnswerCacheTests {
    private let place = AnswerCachePlace()
    private let body = Array(#"{"messages":[{"role":"user","content":"Hi"}],"temperature":0}"#.utf8)

    private func answer(_ text: String = "Hello", created: Double = 1000) -> StoredAnswer {
        let body = Array(#"{"choices":[{"message":{"role":"assistant","content":"\#(text)"}}]}"#.utf8)
        return StoredAnswer(status: 200, contentType: "application/json; charset=utf-8", body: body, created: created)
    }

    private func key(_ number: Int) -> Digest {
        AnswerCache.key(path: "/v1/chat/completions", fingerprint: SHA256.digest([]), body: Array("\(number)".utf8))
    }

    // MARK: - Finding

    @Test func anAnswerComesBackAsItWas() throws {
        let cache = try place.cache()
        let key = AnswerCache.key(path: "/v1/chat/completions", fingerprint: SHA256.digest([]), body: body)
        #expect(cache.lookup(key) == nil)
        let events = "data: {\"choices\":[{\"delta\":{\"content\":\"é\"}}]}\n\n: comment\n\ndata: [DONE]\n\n"
        let stream = StoredAnswer(
            status: 200, contentType: "text/event-stream", body: Array(events.utf8), created: 999.5)
        #expect(try cache.store(key, stream))
        #expect(cache.lookup(key) == stream)
        // Another process, or the next one.
        #expect(try place.cache().lookup(key) == stream)
        #expect(try cache.store(key, answer()))
        #expect(cache.lookup(key) == answer())
        #expect(cache.usage().entries == 1)
    }

    @Test func eachPartOfTheKeyCounts() {
        let one = AnswerCache.key(path: "/v1/chat/completions", fingerprint: SHA256.digest([]), body: body)
        let keys = [
            one,
            AnswerCache.key(path: "/v1/completions", fingerprint: SHA256.digest([]), body: body),
            AnswerCache.key(path: "/v1/chat/completions", fingerprint: SHA256.digest([1]), body: body),
            AnswerCache.key(path: "/v1/chat/completions", fingerprint: SHA256.digest([]), body: body + [0x20]),
            AnswerCache.key(path: "", fingerprint: SHA256.digest([]), body: []),
        ]
        #expect(Set(keys).count == keys.count)
        #expect(AnswerCache.key(path: "/v1/chat/completions", fingerprint: SHA256.digest([]), body: body) == one)
    }

    @Test func onlyTheOwnerMayLook() throws {
        let cache = try place.cache()
        try cache.store(key(1), answer())
        #expect(place.mode("answers") == 0o700)
        #expect(place.names.count == 1)
        for name in place.names { #expect(place.mode("answers/\(name)") == 0o600) }
    }

    // MARK: - What is not kept

    @Test(arguments: [
        (200, "application/json", #"{"error":{"message":"no"}}"#), (200, "application/json", #"{"choices":["#),
        (200, "application/json", "[]"), (200, "application/json", ""), (500, "application/json", "{}"),
        (206, "application/json", "{}"), (200, "text/html", "<html>"), (200, "", "{}"),
        (200, "text/event-stream", ""), (200, "text/event-stream", "data: {}\n\n"),
        (200, "text/event-stream", "data: {}\n\ndata: [DONE]\n"),
        (200, "text/event-stream", "data: {}\n\ndata: {\"error\":{\"message\":\"x\"}}\n\ndata: [DONE]\n\n"),
        (200, "text/event-stream", "event: error\ndata: {}\n\ndata: [DONE]\n\n"),
        (200, "text/event-stream", "data: {}\n\ndata: {\"ch\n\ndata: [DONE]\n\n"),
        (200, "text/event-stream", "data: [DONE]\n\ndata: {}\n\n"),
        (200, "text/event-stream", "data: [DONE]\n\ndata: {}\n\ndata: [DONE]\n\n"),
    ])
    func anAnswerThatIsNotWholeIsNotKept(_ status: Int, _ contentType: String, _ body: String) throws {
        let cache = try place.cache()
        let answer = StoredAnswer(status: status, contentType: contentType, body: Array(body.utf8), created: 1000)
        #expect(try !cache.store(key(1), answer))
        #expect(cache.lookup(key(1)) == nil)
        #expect(place.names.isEmpty)
    }

    @Test func anAnswerThatIsTooLongIsNotKept() throws {
        let cache = try place.cache(bytes: 64 << 20)
        let frame = answer("").body.count
        let longest = answer(String(repeating: "a", count: AnswerCache.longestBody - frame))
        #expect(try cache.store(key(1), longest))
        #expect(cache.lookup(key(1)) == longest)
        #expect(try !cache.store(key(2), answer(String(repeating: "a", count: AnswerCache.longestBody - frame + 1))))
        // Nor is one that is larger than the whole cache.
        let small = try place.cache(bytes: 300)
        #expect(try !small.store(key(3), answer(String(repeating: "a", count: 300))))
        #expect(try !place.cache(entries: 0).store(key(3), answer()))
    }

    // MARK: - Damage

    @Test func aTruncatedFileIsNotFoundAndGoes() throws {
        let cache = try place.cache()
        try cache.store(key(1), answer())
        let name = try #require(place.names.first)
        let whole = place.read(name)
        for length in [0, 1, 8, 40, 63, 64, 95, 96, whole.count / 2, whole.count - 1] {
            place.write(name, Array(whole[..<length]))
            #expect(cache.lookup(key(1)) == nil, "\(length) bytes")
            #expect(place.names.isEmpty)
        }
        place.write(name, whole + [0])
        #expect(cache.lookup(key(1)) == nil)
        place.write(name, whole)
        #expect(cache.lookup(key(1)) == answer())
    }

    @Test func aFlippedBitIsNoticedWhereverItIs() throws {
        let cache = try place.cache()
        try cache.store(key(1), answer())
        let name = try #require(place.names.first)
        let whole = place.read(name)
        for index in whole.indices {
            var damaged = whole
            damaged[index] ^= 1 << UInt8(index % 8)
            place.write(name, damaged)
            #expect(cache.lookup(key(1)) == nil, "byte \(index)")
            #expect(place.names.isEmpty)
        }
    }

    @Test func aFileUnderAnotherNameIsNotTaken() throws {
        let cache = try place.cache()
        try cache.store(key(1), answer())
        let name = try #require(place.names.first)
        place.write(key(2).hex + ".answer", place.read(name))
        #expect(cache.lookup(key(2)) == nil)
        #expect(cache.lookup(key(1)) == answer())
    }

    @Test func aDirectoryThatIsGoneCostsNothingButTheAnswer() throws {
        let cache = try place.cache()
        try cache.store(key(1), answer())
        place.remove()
        #expect(cache.lookup(key(1)) == nil)
        #expect(throws: StateStoreError.self) { try cache.store(key(1), answer()) }
        #expect(cache.usage().entries == 0)
    }

    @Test func aFileInThePlaceOfTheDirectoryIsAnError() throws {
        place.write("../answers", [])
        #expect(throws: StateStoreError.self) { try place.cache() }
    }

    // MARK: - Limits

    @Test func whatWasUsedLongestAgoGoesFirst() throws {
        let cache = try place.cache(entries: 3)
        for number in 1...3 {
            place.clock.set(1000 + Double(number))
            try cache.store(key(number), answer("\(number)"))
        }
        place.clock.set(1010)
        #expect(cache.lookup(key(1)) != nil)
        place.clock.set(1011)
        try cache.store(key(4), answer("4"))
        #expect((1...4).map { cache.lookup(key($0)) != nil } == [true, false, true, true])
    }

    @Test func theBytesAreLimited() throws {
        let size = 4000
        let cache = try place.cache(bytes: 3 * (size + 500))
        for number in 1...20 {
            place.clock.set(1000 + Double(number))
            try cache.store(key(number), answer(String(repeating: "x", count: size)))
            #expect(cache.usage().bytes <= 3 * (size + 500))
            #expect(cache.lookup(key(number)) != nil)
        }
        #expect(cache.usage().entries == 3)
        // A smaller limit holds from the start.
        #expect(try place.cache(bytes: size + 500).usage().entries == 1)
    }

    @Test func anOldAnswerIsNotGiven() throws {
        let cache = try place.cache(timeToLive: 100)
        try cache.store(key(1), answer(created: 1000))
        try cache.store(key(2), answer(created: 1000))
        place.clock.set(1100)
        // It is not made younger by being used.
        #expect(cache.lookup(key(1)) != nil)
        place.clock.set(1101)
        #expect(cache.lookup(key(1)) == nil)
        #expect(cache.usage().entries == 1)
        // One that nobody asks for goes as well.
        #expect(try place.cache(timeToLive: 100).usage().entries == 0)
    }

    @Test func removingAllLeavesWhatIsNotOurs() throws {
        let cache = try place.cache()
        try cache.store(key(1), answer())
        place.write("notes.txt", [1])
        place.write("short.answer", [1])
        #expect(cache.usage().entries == 1)
        cache.removeAll()
        #expect(place.names == ["notes.txt", "short.answer"])
    }

    @Test func whatNobodyFinishedGoes() throws {
        let old = "\(key(1).hex)-1.tmp"
        let young = "\(key(1).hex)-2.tmp"
        _ = try place.cache()
        place.write(old, [1], modified: 399)
        place.write(young, [1], modified: 401)
        _ = try place.cache()
        #expect(place.names == [young])
    }

    @Test func manyAtOnceFindWholeAnswersOrNone() throws {
        let caches = [try place.cache(entries: 5), try place.cache(entries: 5)]
        let wrong = Mutex(0)
        DispatchQueue.concurrentPerform(iterations: 400) { index in
            let number = index % 8
            let expected = answer(String(repeating: "\(number)", count: 1000 + number))
            let cache = caches[index / 8 % 2]
            if index % 3 == 0 { _ = try? cache.store(key(number), expected) }
            if let found = cache.lookup(key(number)), found != expected { wrong.withLock { $0 += 1 } }
        }
        #expect(wrong.withLock { $0 } == 0)
        #expect(caches[0].usage().entries <= 5)
        #expect(place.names.allSatisfy { $0.hasSuffix(".answer") })
    }
}
