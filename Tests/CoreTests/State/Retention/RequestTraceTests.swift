import Testing

@testable import LocalCodeCore

@Suite("Retention: traces")
struct RequestTraceTests {
    private let trace = TraceGenerator(seed: 3, sessions: 30).trace()

    @Test("a file holds the same trace")
    func file() throws {
        #expect(try RequestTrace(parsing: trace.bytes) == trace)
    }

    @Test("the same seed gives the same trace, another seed another one")
    func seed() {
        #expect(TraceGenerator(seed: 3, sessions: 30).trace() == trace)
        #expect(TraceGenerator(seed: 4, sessions: 30).trace() != trace)
    }

    @Test("the generator's numbers are SplitMix64's")
    func numbers() {
        // The first outputs for the seed 1234567, as in the reference code at prng.di.unimi.it.
        var random = TraceRandom(seed: 1_234_567)
        #expect(
            (0..<3).map { _ in random.next() } == [
                6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
            ])
    }

    @Test(
        "what cannot be read is named with its line",
        arguments: [
            ("{", "JSON"), ("[]", "object"), (#"{"kind":"restart"}"#, "time"),
            (#"{"time":-1,"kind":"restart"}"#, "time"),
            (#"{"time":0,"kind":"lunch"}"#, "lunch"), (#"{"time":0,"kind":"main"}"#, "prompt"),
            (#"{"time":0,"kind":"main","prompt":[]}"#, "empty"),
            (#"{"time":0,"kind":"main","prompt":[["x","a",1]]}"#, "segment"),
            (#"{"time":0,"kind":"main","prompt":[["u","a",-1]]}"#, "segment"),
            (#"{"time":0,"kind":"main","prompt":[["u","a",1]]}"#, "answer"),
            (#"{"time":0,"kind":"main","prompt":[["u","a",1]],"answer":["a",1]}"#, "session"),
            (#"{"time":0,"kind":"main","prompt":[["u","a",1]],"answer":["a",1],"session":"s"}"#, "project"),
            (#"{"time":0,"kind":"main","prompt":[["u","a",99999999999]],"answer":["a",1]}"#, "segment"),
        ])
    func problems(line: String, word: String) {
        let text = "{\"time\":0,\"kind\":\"restart\"}\n\n" + line + "\n"
        let error = #expect(throws: TraceError.self) { try RequestTrace(parsing: Array(text.utf8)) }
        #expect(error?.line == 3)
        #expect(error?.reason.contains(word) == true)
    }

    @Test("time does not run backwards")
    func order() {
        let text = "{\"time\":5,\"kind\":\"restart\"}\n{\"time\":4,\"kind\":\"restart\"}\n"
        #expect(throws: TraceError.self) { try RequestTrace(parsing: Array(text.utf8)) }
    }

    @Test("a generated trace has every kind of traffic")
    func kinds() {
        let requests = trace.requests
        for kind in TraceKind.allCases where kind != .chat { #expect(requests.contains { $0.kind == kind }) }
        #expect(Set(requests.map(\.project)).count == 4)
        #expect(trace.events.contains { if case .restart = $0 { true } else { false } })
        #expect(Set(requests.filter { $0.kind == .main }.map(\.session)).count == 30)
        #expect(requests.allSatisfy { ($0.kind == .subagent) == ($0.parent != nil) })
        #expect(zip(trace.events, trace.events.dropFirst()).allSatisfy { $0.time <= $1.time })
    }

    @Test("an agent's answer calls tools where their results follow")
    func calls() {
        #expect(trace.requests.contains { $0.callsTools })
        for (_, requests) in Dictionary(grouping: trace.requests.filter { $0.kind == .main }, by: \.session) {
            for (before, after) in zip(requests, requests.dropFirst())
            where after.prompt.starts(with: before.prompt + [before.answer]) {
                let next = after.prompt[before.prompt.count + 1]
                #expect(before.callsTools == (next.role == .toolResult))
            }
        }
    }

    @Test("requests that nothing follows come on top, and change nothing else")
    func oneOffs() throws {
        var generator = TraceGenerator(seed: 3, sessions: 30)
        generator.oneOffsPerDay = 7
        let more = generator.trace()
        #expect(more.requests.filter { $0.kind != .chat } == trace.requests)
        let chats = more.requests.filter { $0.kind == .chat }
        #expect(chats.count == 3 * 7)
        #expect(Set(chats.map(\.prompt[0].id)).count == chats.count)
        #expect(try RequestTrace(parsing: more.bytes) == more)
    }

    @Test("a title is asked for at the same instant as the first answer, with nothing in common")
    func titles() {
        for title in trace.requests where title.kind == .title {
            let main = trace.requests.first { $0.session == title.session && $0.kind == .main }
            #expect(main?.time == title.time)
            #expect(main?.prompt.first != title.prompt.first)
            #expect(main?.prompt.last == title.prompt.last)
        }
    }

    @Test("a step begins with the one before it")
    func steps() {
        var extended = 0
        for (_, requests) in Dictionary(grouping: trace.requests.filter { $0.kind == .main }, by: \.session) {
            for (before, after) in zip(requests, requests.dropFirst())
            where after.prompt.starts(with: before.prompt + [before.answer]) { extended += 1 }
        }
        #expect(Double(extended) > 0.85 * Double(trace.requests.filter { $0.kind == .main }.count))
    }

    @Test("the date changes the whole prompt in 1.18, and only new sessions in 2.0")
    func date() {
        for (_, requests) in Dictionary(grouping: trace.requests.filter { $0.kind == .main }, by: \.session) {
            for (before, after) in zip(requests, requests.dropFirst())
            where Int(before.time / 86_400) != Int(after.time / 86_400) {
                let isV2 = before.prompt[0].id.hasPrefix("v2")
                let leading = before.prompt.prefix(before.leadingCount)
                #expect(after.prompt.starts(with: leading) == isV2)
                #expect(after.prompt[0] == before.prompt[0])
            }
        }
    }

    @Test("a compaction of 2.0 goes on from the conversation, one of 1.18 does not; both start afresh behind the tools")
    func compactions() {
        for compaction in trace.requests where compaction.kind == .compaction {
            let session = trace.requests.filter { $0.session == compaction.session && $0.kind == .main }
            let before = session.last { $0.time < compaction.time }
            let after = session.first { $0.time > compaction.time }
            let isV2 = compaction.prompt[0].id.hasPrefix("v2")
            #expect(before.map { compaction.prompt.starts(with: $0.prompt) } == isV2)
            if let before, let after {
                #expect(after.tokens < before.tokens)
                if Int(before.time / 86_400) == Int(after.time / 86_400) {
                    #expect(after.prompt.starts(with: before.prompt.prefix(before.leadingCount)))
                }
            }
        }
    }

    @Test("no conversation outgrows the limit by more than a tool's answer")
    func limit() {
        #expect(trace.requests.filter { $0.kind == .main }.allSatisfy { $0.tokens < 48_000 + 12_000 })
    }

    @Test("scaled traces keep their shape")
    func scale() {
        var generator = TraceGenerator(seed: 3, sessions: 30)
        generator.scale = 0.1
        let small = generator.trace()
        #expect(small.requests.map(\.kind) == trace.requests.map(\.kind))
        let ratio =
            Double(small.requests.reduce(0) { $0 + $1.tokens })
            / Double(trace.requests.reduce(0) { $0 + $1.tokens })
        #expect(abs(ratio - 0.1) < 0.01)
    }
}
