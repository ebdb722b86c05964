import LocalCodeCore
import Support
import Testing

/// Our verdict on grammars beside llama-server's.
@Suite("grammars and llama-server", .timeLimit(.minutes(5))) struct GrammarEngineTests {
    /// What an engine makes of a grammar.
    private struct Answer {
        let status: Int
        let text: String
        /// Whether the text ended by itself, and not at the limit of tokens.
        let isComplete: Bool
        let body: String
    }

    private func ask(_ grammar: String, seed: Int, tokens: Int = 16, of engine: TestHTTP) async throws -> Answer {
        let answer = try await engine.post(
            "/completion",
            [
                "prompt": "x", "n_predict": .number(tokens), "grammar": .string(grammar), "temperature": 1,
                "seed": .number(seed), "cache_prompt": false,
            ])
        return Answer(
            status: answer.status, text: answer.json["content"]?.string ?? "",
            isComplete: answer.json["stop_type"]?.string == "eos", body: answer.text)
    }

    /// Checks that the engine takes what we take, and that we match what it then writes, as far as it got.
    private func compare(_ text: String, seed: Int, _ engine: TestHTTP) async throws {
        let grammar = Grammar(Array(text.utf8))
        let name = "\(text.prefix(200))"
        guard grammar.problem?.severity != .unsafe else { return }
        let answer = try await ask(text, seed: seed, of: engine)
        #expect(answer.status == (grammar.isUsable ? 200 : 400), "\(name): \(answer.body.prefix(200))")
        // Half a character of a cut text arrives as a replacement character.
        guard grammar.isUsable, !answer.text.contains("\u{FFFD}"), var matcher = try? GrammarMatcher(grammar) else {
            return
        }
        switch matcher.match(Array(answer.text.utf8)) {
        case .accepted: break
        case .rejected(let rejection):
            #expect(!answer.isComplete && rejection.isIncomplete, "\(name) wrote \(answer.text.debugDescription)")
        case .abandoned: break
        }
    }

    @Test("the corpus: llama-server takes and refuses the same ones")
    func corpus() async throws {
        let engine = try await TestEngine.start()
        let http = try TestHTTP(engine.url)
        for grammar in GrammarCorpus.accepted {
            for seed in 1...3 { try await compare(grammar, seed: seed, http) }
        }
        for grammar in GrammarCorpus.refused {
            #expect(try await ask(grammar, seed: 1, of: http).status == 400, "\(grammar.prefix(200))")
        }
        #expect(!engine.logs.contains("Unexpected empty grammar stack"))
    }

    @Test("made-up grammars: llama-server takes and refuses the same ones")
    func generated() async throws {
        let engine = try await TestEngine.start()
        let http = try TestHTTP(engine.url)
        var generator = GrammarGenerator(seed: 2)
        for seed in 1...400 { try await compare(generator.next(), seed: seed, http) }
        #expect(!engine.logs.contains("Unexpected empty grammar stack"))
    }

    /// A sample as a grammar of its own: the engine writes exactly it.
    @Test("samples of a grammar are texts that llama-server can write under it")
    func samples() async throws {
        let engine = try await TestEngine.start()
        let http = try TestHTTP(engine.url)
        var count = 0
        for text in GrammarCorpus.accepted {
            guard var sampler = try? GrammarSampler(Grammar(Array(text.utf8)), seed: 4), count < 60 else { continue }
            sampler.length = 30
            let sample = sampler.next()
            guard !sample.isEmpty, sample.utf8.count < 60 else { continue }
            // Both at once: what only one of the two allowed would be a dead end.
            let literal = sample.unicodeScalars.map { "\\U" + Self.hexadecimal($0.value) }.joined()
            let answer = try await ask("root ::= \"\(literal)\"", seed: 1, tokens: 80, of: http)
            #expect(answer.text == sample && answer.isComplete, "\(text.prefix(200))")
            count += 1
        }
        #expect(count == 60)
    }

    private static func hexadecimal(_ value: UInt32) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }

    @Test("hostile grammars of 10 MB are checked within 2 seconds of the processor and 200 MB")
    func hostile() async throws {
        let directory = try TestDirectory()
        let grammars = [
            "root ::= " + String(repeating: "(", count: 60_000) + "\"a\"" + String(repeating: ")", count: 60_000),
            "root ::= " + String(repeating: "(", count: 10_000_000),
            "root ::= " + String(repeating: "()", count: 5_000_000),
            "root ::= " + String(repeating: "|", count: 10_000_000),
            "root ::= " + String(repeating: "\"a\"{0,2000} ", count: 900_000),
            "root ::= " + String(repeating: "((\"a\"*)*)* ", count: 900_000),
            "root ::= \"" + String(repeating: "a", count: 10_000_000) + "\"",
            (0..<600_000).map { "r\($0) ::= r\($0 + 1)" }.joined(separator: "\n"),
        ]
        for (index, grammar) in grammars.enumerated() {
            try directory.write(grammar, to: "hostile-\(index).gbnf")
            let cost = try await PythonScript.run(
                "cost", [try TestPlaces.binary(), "grammar", "check", "\(directory.path)/hostile-\(index).gbnf"])
            #expect([0, 1].contains(cost["status"]?.int), "\(index): \(cost)")
            #expect(cost["seconds"]?.double ?? .infinity < 2, "\(index): \(cost)")
            #expect(cost["megabytes"]?.double ?? .infinity < 200, "\(index): \(cost)")
        }
    }
}
