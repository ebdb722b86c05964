import LocalCodeCore
import Testing

@testable import Commands

@Suite("Chat prompt")
struct ChatPromptTests {
    @Test("Operands are joined")
    func operands() {
        #expect(ChatPrompt(words: ["why", "is", "this slow?"]).text == "why is this slow?")
    }

    @Test("Input without a prompt is the prompt, as it is")
    func inputAlone() {
        #expect(ChatPrompt(words: [], input: "line one\nline two\n\n").text == "line one\nline two")
        #expect(ChatPrompt(words: [" "], input: "x").text == "x")
    }

    @Test("Files and input follow the prompt, each in a fence of its own")
    func sections() {
        let prompt = ChatPrompt(
            words: ["explain"],
            files: [TextFile(path: "a.c", text: "int a;\n"), TextFile(path: "b/c.h", text: "int c;")],
            input: "piped")
        #expect(
            prompt.text == """
                explain

                File: a.c
                ```
                int a;
                ```

                File: b/c.h
                ```
                int c;
                ```

                Standard input:
                ```
                piped
                ```
                """)
    }

    @Test("A fence is longer than what it encloses")
    func fences() {
        #expect(
            ChatPrompt(words: ["x"], input: "a\n````\nb\n").text == "x\n\nStandard input:\n`````\na\n````\nb\n`````")
    }

    @Test("Nothing to ask")
    func empty() {
        #expect(ChatPrompt(words: [], input: " \n").isEmpty)
        #expect(ChatPrompt(words: ["", " "]).isEmpty)
        #expect(!ChatPrompt(words: [], files: [TextFile(path: "a", text: "")]).isEmpty)
        #expect(!ChatPrompt(words: ["0"]).isEmpty)
    }

    @Test("A message is a string, or parts where there are pictures")
    func messages() {
        let plain = ChatPrompt(words: ["a \"quoted\" word"]).message
        #expect(String(decoding: plain.bytes, as: UTF8.self) == #"{"role":"user","content":"a \"quoted\" word"}"#)
        let image = ChatImage(path: "x.png", .png, [1, 2, 3, 4])
        let parts = ChatPrompt(words: ["look"], images: [image]).message
        #expect(
            String(decoding: parts.bytes, as: UTF8.self) == """
                {"role":"user","content":[{"type":"text","text":"look"},\
                {"type":"image_url","image_url":{"url":"data:image/png;base64,AQIDBA=="}}]}
                """)
        #expect(ChatPrompt(words: [], images: [image]).message["content"]?.array?.count == 1)
    }
}

@Suite("Chat request body")
struct ChatRequestBodyTests {
    @Test("Only what was said is sent")
    func minimal() {
        let body = ChatRequestBody(model: nil, messages: [["role": "user", "content": "x"]], isStreaming: false)
        #expect(
            String(decoding: body.bytes, as: UTF8.self)
                == #"{"messages":[{"role":"user","content":"x"}],"stream":false}"#)
    }

    @Test("Options become fields")
    func options() throws {
        var body = ChatRequestBody(model: "m", messages: [])
        body.maxTokens = 20
        body.temperature = 0.5
        body.shape = .grammar("root ::= \"a\"")
        let grammar = try JSONValue(parsing: body.bytes)
        #expect(grammar["model"]?.string == "m")
        #expect(grammar["stream"]?.bool == true)
        #expect(grammar["stream_options"]?["include_usage"]?.bool == true)
        #expect(grammar["max_tokens"]?.int == 20)
        #expect(grammar["temperature"]?.double == 0.5)
        #expect(grammar["grammar"]?.string == "root ::= \"a\"")
        #expect(grammar["response_format"] == nil)

        // The order of properties is the order in which the model writes them.
        let schema = #"{"type":"object","properties":{"z":{},"a":{"maximum":1e400}}}"#
        body.shape = .schema(try JSONValue(parsing: Array(schema.utf8)), name: "person")
        let format = try #require(try JSONValue(parsing: body.bytes)["response_format"])
        #expect(format["type"]?.string == "json_schema")
        #expect(format["json_schema"]?["name"]?.string == "person")
        #expect(format["json_schema"]?["schema"].map { String(decoding: $0.bytes, as: UTF8.self) } == schema)
    }

    @Test(arguments: [
        ("person.json", "person"), ("/a/b/my schema.v2.json", "my_schema_v2"), ("x", "x"), ("/dev/fd/63", "63"),
        ("größe.json", "gr__e"),
        (".json", "answer"),
    ])
    func schemaNames(_ path: String, _ expected: String) {
        #expect(ChatRequestBody.schemaName(path: path) == expected)
    }
}

@Suite("Conversation")
struct ConversationTests {
    private func reply(_ pieces: ChatPiece...) -> ChatReply {
        var reply = ChatReply()
        for piece in pieces { reply.add(piece) }
        return reply
    }

    private func bytes(_ conversation: Conversation) -> String {
        String(decoding: JSONValue.array(conversation.wire).bytes, as: UTF8.self)
    }

    @Test("Every request begins with the bytes of the one before it")
    func appendOnly() {
        var conversation = Conversation(system: "be brief")
        var before = bytes(conversation)
        for turn in ["one", "two", "three"] {
            let question = ChatPrompt(words: [turn]).message
            let kept = conversation.add(question, reply(.reasoning("hm"), .text("answer "), .text(turn)))
            #expect(kept)
            let after = bytes(conversation)
            #expect(after.hasPrefix(before.dropLast()))
            before = after
        }
        #expect(conversation.wire.count == 7)
    }

    @Test("Reasoning goes back with the answer")
    func reasoning() {
        var conversation = Conversation()
        _ = conversation.add(ChatPrompt(words: ["q"]).message, reply(.reasoning("think"), .text("a")))
        #expect(
            bytes(conversation)
                == #"[{"role":"user","content":"q"},{"role":"assistant","reasoning_content":"think","content":"a"}]"#)
    }

    @Test("A question without an answer leaves nothing behind")
    func withoutAnswer() {
        var conversation = Conversation()
        let kept = conversation.add(ChatPrompt(words: ["q"]).message, reply(.reasoning("think")))
        #expect(!kept)
        #expect(conversation == Conversation())
    }

    @Test("Transcripts")
    func transcripts() throws {
        var conversation = Conversation(system: "be brief")
        let image = ChatImage(path: "x.png", .png, [1])
        _ = conversation.add(ChatPrompt(words: ["look"], images: [image]).message, reply(.text("a cat")))
        #expect(
            conversation.markdown == "## System\n\nbe brief\n\n## User\n\nlook\n\n(picture)\n\n## Assistant\n\na cat\n")
        let json = try JSONValue(parsing: Array(conversation.json(model: "m").utf8))
        #expect(json["model"]?.string == "m")
        #expect(json["messages"]?.array?.count == 3)
        conversation.reset()
        #expect(conversation.wire.count == 1)
    }
}
