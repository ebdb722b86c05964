import LocalCodeCore
import Support
import Synchronization
import Testing

@testable import Commands

@Suite("REPL")
struct ReplTests {
    /// A session whose user types these lines; nil is Ctrl-C at the prompt.
    private struct Session {
        let output = Captured()
        let errors = Captured()
        let directory: TestDirectory
        var history: InputHistory

        init() throws {
            directory = try TestDirectory()
            history = InputHistory(path: "\(directory.path)/state/history")
        }

        func run(
            _ lines: [String?], at server: RecordingServer,
            interruptible: @escaping @Sendable (@escaping @Sendable () async -> ChatOutcome) async -> ChatOutcome = {
                await $0()
            }
        ) async throws {
            func stream(_ captured: Captured) -> Context.Stream {
                Context.Stream(isTerminal: true, hasColor: false, width: 80, write: { captured.append($0) })
            }
            let context = Context(
                environment: ["HOME": directory.path], workingDirectory: directory.path, output: stream(output),
                error: stream(errors), inputIsTerminal: true, readInput: { _ in [] })
            let typed = Mutex(lines[...])
            let surroundings = Repl.Surroundings(
                context: context,
                readLine: { _, _ in
                    guard let line = typed.withLock({ $0.popFirst() }) else { return .end }
                    return line.map(PromptResult.line) ?? .interrupted
                },
                interruptible: interruptible)
            var repl = Repl(
                surroundings,
                client: try ChatClient(ChatEndpoint(url: server.url, apiKey: nil, glmKey: nil), environment: [:]),
                template: ChatRequestBody(messages: []), system: "be brief", attachments: ChatPrompt(words: []),
                history: history)
            try await repl.run()
        }
    }

    /// Answers each question with its number and its reasoning.
    private func server() throws -> RecordingServer {
        let count = Mutex(0)
        return try RecordingServer { _ in
            let number = count.withLock { number in
                number += 1
                return number
            }
            return .events([
                #"{"choices":[{"delta":{"reasoning_content":"thought \#(number)"}}]}"#,
                #"{"choices":[{"finish_reason":"stop","delta":{"content":"answer \#(number)"}}]}"#,
                #"{"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":8}}}"#,
                "[DONE]",
            ])
        }
    }

    private func messages(_ request: RecordedRequest) throws -> String {
        let messages = try JSONValue(parsing: request.body)["messages"]
        return messages.map { String(decoding: $0.bytes, as: UTF8.self) } ?? ""
    }

    @Test("Each request begins with the bytes of the one before it, reasoning included")
    func conversation() async throws {
        let server = try server()
        let session = try Session()
        try await session.run(["one", "two\\", "lines", nil, "three"], at: server)
        let requests = try server.requests.map(messages)
        #expect(requests.count == 3)
        for (before, after) in zip(requests, requests.dropFirst()) { #expect(after.hasPrefix(before.dropLast())) }
        #expect(
            requests.last == """
                [{"role":"system","content":"be brief"},{"role":"user","content":"one"},\
                {"role":"assistant","reasoning_content":"thought 1","content":"answer 1"},\
                {"role":"user","content":"two\\nlines"},\
                {"role":"assistant","reasoning_content":"thought 2","content":"answer 2"},\
                {"role":"user","content":"three"}]
                """)
        #expect(session.output.text.contains("thought 1\n\nanswer 1\n9 tokens in (8 from the cache), 2 out\n"))
        #expect(InputHistory(path: session.history.path).entries == ["one", "two\nlines", "three"])
    }

    @Test("Ctrl-C at the prompt gives up lines that were begun")
    func interruptedInput() async throws {
        let server = try server()
        try await Session().run(["\"\"\"", "lost", nil, "kept"], at: server)
        #expect(try server.requests.map(messages).count == 1)
        #expect(try server.requests.map(messages).last?.contains(#""content":"kept""#) == true)
    }

    @Test("An answer that is stopped stays in the conversation as far as it came")
    func stopped() async throws {
        let server = try RecordingServer { request in
            if String(decoding: request.body, as: UTF8.self).contains("assistant") {
                return .events([#"{"choices":[{"finish_reason":"stop","delta":{"content":"b"}}]}"#])
            }
            return .chunked([.event(#"{"choices":[{"delta":{"content":"half"}}]}"#), .waitForClientToLeave])
        }
        let session = try Session()
        let output = session.output
        try await session.run(["one", "two"], at: server) { answer in
            let task = Task(operation: answer)
            guard !output.text.contains("half") else { return await task.value }
            while !output.text.contains("half"), !Task.isCancelled { await Task.yield() }
            task.cancel()
            return await task.value
        }
        #expect(session.output.text.contains("half\nstopped\n"))
        let last = try #require(server.requests.last)
        #expect(try messages(last).contains(#"{"role":"assistant","content":"half"},{"role":"user","content":"two"}"#))
        #expect(try await server.exchange(0).ending() == .clientLeft)
    }

    @Test("A question that fails is told, not kept, and does not end the session")
    func failing() async throws {
        let count = Mutex(0)
        let server = try RecordingServer { _ in
            let isFirst = count.withLock { number in
                number += 1
                return number == 1
            }
            return isFirst
                ? .complete(status: 500, #"{"error":{"message":"out of order"}}"#)
                : .events([#"{"choices":[{"finish_reason":"stop","delta":{"content":"a"}}]}"#])
        }
        let session = try Session()
        try await session.run(["one", "two"], at: server)
        #expect(session.errors.text.contains("out of order (500)"))
        #expect(
            try messages(server.requests[1])
                == #"[{"role":"system","content":"be brief"},{"role":"user","content":"two"}]"#)
    }

    @Test("Commands")
    func commands() async throws {
        let server = try server()
        let session = try Session()
        try session.directory.write("text", to: "a b.txt")
        try session.directory.write("GIF89a", to: "x.gif")
        try await session.run(
            [
                "/help", "/nope", "/system", "/system be long", "/model m", "/file 'a b.txt'", "/image ~/x.gif",
                "/file nothing", "look",
                "again", "/save out.md", "/save out.md", "/save a b.txt", "/save out.json", "/reset", "fresh", "/quit",
                "unreached",
            ], at: server)
        let requests = try server.requests.map(messages)
        try #require(requests.count == 3)
        #expect(
            requests[0].contains("be long") && requests[0].contains("File: a b.txt")
                && requests[0].contains("image_url"))
        // Attachments go once.
        #expect(requests[1].ranges(of: "image_url").count == requests[0].ranges(of: "image_url").count)
        #expect(requests[2] == #"[{"role":"system","content":"be long"},{"role":"user","content":"fresh"}]"#)
        #expect(server.lastBody?["model"]?.string == "m")
        #expect(session.output.text.contains("/save FILE"))
        #expect(session.errors.text.contains("unknown command '/nope'"))
        #expect(session.errors.text.contains("cannot open nothing"))
        #expect(session.errors.text.contains("a b.txt exists already"))
        let saved = try #require(try FileText.bytes(at: "\(session.directory.path)/out.json", limit: 1 << 20))
        #expect(try JSONValue(parsing: saved)["messages"]?.array?.count == 5)
        let markdown = try #require(try FileText.bytes(at: "\(session.directory.path)/out.md", limit: 1 << 20))
        #expect(String(decoding: markdown, as: UTF8.self).contains("## Assistant\n\nanswer 2\n"))
    }
}

@Suite("Input history")
struct InputHistoryTests {
    @Test("Entries come back as they were, whatever is in them")
    func roundTrip() {
        let entries = ["plain", "two\nlines", #"back\slash \n"#, "größe 漢字", #"\"#]
        #expect(InputHistory.decode(Array(InputHistory.encode(entries).utf8)) == entries)
    }

    @Test("Blank lines and repetitions are not kept")
    func noise() {
        var history = InputHistory(path: nil)
        for line in ["a", " ", "a", "", "b", "a"] { history.add(line) }
        #expect(history.entries == ["a", "b", "a"])
    }

    @Test("The file is its owner's alone, and never longer than the limit")
    func bounded() throws {
        let directory = try TestDirectory()
        let path = "\(directory.path)/state/localcode/history"
        var history = InputHistory(path: path)
        for number in 1...InputHistory.limit + 5 { history.add("line \(number)") }
        let bytes = try #require(try FileText.bytes(at: path, limit: 1 << 20))
        #expect(bytes.count { $0 == 0x0A } == InputHistory.limit)
        #expect(InputHistory(path: path).entries == history.entries)
        #expect(history.entries.first == "line 6")
        #expect(try mode(path) == 0o600)
    }

    @Test("Two sessions do not overwrite each other")
    func shared() throws {
        let directory = try TestDirectory()
        let path = "\(directory.path)/history"
        var first = InputHistory(path: path)
        var second = InputHistory(path: path)
        first.add("a")
        second.add("b")
        first.add("c")
        #expect(InputHistory(path: path).entries == ["a", "b", "c"])
    }

    @Test("Where it is kept")
    func place() {
        #expect(InputHistory.path(environment: ["XDG_STATE_HOME": "/s", "HOME": "/h"]) == "/s/localcode/history")
        #expect(
            InputHistory.path(environment: ["XDG_STATE_HOME": "relative", "HOME": "/h"])
                == "/h/.local/state/localcode/history")
        #expect(InputHistory.path(environment: [:]) == nil)
    }
}
