import LocalCodeCore
import Support
import Testing

/// What `serve` does about grammars and schemas before an engine sees them.
@Suite(.timeLimit(.minutes(2))) struct GrammarServeTests {
    private func serve() async throws -> LocalCodeProcess {
        let home = try TestHome()
        try await home.provideEngine()
        return try await LocalCodeProcess.serve(home: home)
    }

    private func chat(_ more: KeyValuePairs<String, JSONValue>) -> JSONValue {
        var body = EngineRig.hello("tiny", tokens: 6)
        for (name, value) in more { body[name] = value }
        return body
    }

    @Test func aGrammarThatIsOneIsUsed() async throws {
        let proxy = try await serve()
        let answer = try await TestHTTP(proxy.url).post(
            "/v1/chat/completions", chat(["grammar": "root ::= \"yes\" | \"no\""]))
        let word = answer.json["choices"]?[0]?["message"]?["content"]?.string
        #expect(word == "yes" || word == "no", "\(answer.text)")
        let text = try await TestHTTP(proxy.url).post(
            "/v1/completions", ["prompt": "a", "max_tokens": 4, "grammar": "root ::= \"ab\""])
        #expect(text.json["choices"]?[0]?["text"]?.string == "ab")
    }

    @Test func aMistakeIsShownWhereItIs() async throws {
        let proxy = try await serve()
        for path in ["/v1/chat/completions", "/v1/completions"] {
            var body = chat(["grammar": "root ::= item+\nitem ::= \"a\" | [b-", "prompt": "a"])
            if path == "/v1/completions" { body["messages"] = nil }
            let answer = try await TestHTTP(proxy.url).post(path, body)
            #expect(answer.status == 400)
            #expect(answer.json["error"]?["code"]?.string == "invalid_grammar")
            #expect(answer.json["error"]?["param"]?.string == "grammar")
            let message = answer.json["error"]?["message"]?.string ?? ""
            #expect(message.contains("line 2") && message.contains("^"), "\(message)")
        }
    }

    /// Each of these hangs or kills the engine when it gets through.
    @Test(arguments: [
        "root ::= \"a\"{3,1}", "root ::= x root \"a\" | \"b\"\nx ::= y\ny ::= \"\"", "root ::= [z-a]",
        "root ::= " + String(repeating: "(", count: 60_000) + "\"a\"" + String(repeating: ")", count: 60_000),
    ]) func whatWouldHangTheEngineNeverReachesIt(grammar: String) async throws {
        let proxy = try await serve()
        let http = try TestHTTP(proxy.url)
        let answer = try await http.post("/v1/chat/completions", chat(["grammar": .string(grammar)]))
        #expect(answer.status == 400)
        #expect(answer.json["error"]?["code"]?.string == "invalid_grammar")
        let message = try #require(answer.json["error"]?["message"]?.string)
        #expect(message.count < 2000)
        // The same again, from what is remembered, and the engine is well.
        #expect(try await http.post("/v1/chat/completions", chat(["grammar": .string(grammar)])).status == 400)
        #expect(try await http.post("/v1/chat/completions", chat([:])).status == 200)
    }

    @Test(arguments: ["/infill", "/v1/completions"]) func norDoesItAroundAGap(path: String) async throws {
        let proxy = try await serve()
        let http = try TestHTTP(proxy.url)
        var body: JSONValue = ["grammar": "root ::= \"a\"{3,1}", "max_tokens": 3]
        let names = path == "/infill" ? ["input_prefix", "input_suffix"] : ["prompt", "suffix"]
        for name in names { body[name] = "a" }
        let refused = try await http.post(path, body)
        #expect(refused.status == 400)
        #expect(refused.json["error"]?["code"]?.string == "invalid_grammar")
        body["grammar"] = "root ::= \"xyz\""
        let answer = try await http.post(path, body).json
        #expect((answer["content"] ?? answer["choices"]?[0]?["text"])?.string == "xyz")
    }

    @Test func aSchemaThatCannotBecomeAGrammarIsNamed() async throws {
        let proxy = try await serve()
        let http = try TestHTTP(proxy.url)
        let format: JSONValue = [
            "type": "json_schema",
            "json_schema": ["name": "a", "schema": ["type": "object", "properties": ["a": ["$ref": "#/$defs/none"]]]],
        ]
        let answer = try await http.post("/v1/chat/completions", chat(["response_format": format]))
        #expect(answer.status == 400)
        #expect(answer.json["error"]?["code"]?.string == "invalid_json_schema")
        let message = try #require(answer.json["error"]?["message"]?.string)
        #expect(message.contains("$ref"))
    }

    @Test func twoFormsAreOneTooMany() async throws {
        let proxy = try await serve()
        let answer = try await TestHTTP(proxy.url).post(
            "/v1/chat/completions", chat(["grammar": "root ::= \"a\"", "json_schema": ["type": "string"]]))
        #expect(answer.status == 400)
        let message = try #require(answer.json["error"]?["message"]?.string)
        #expect(message.contains("exclude each other"))
    }
}
