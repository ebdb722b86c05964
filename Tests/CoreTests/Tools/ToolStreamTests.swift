import Synchronization
import Testing

@testable import LocalCodeCore

@Suite struct ToolStreamTests {
    /// What the client gets of a stream.
    private final class Run: Sendable {
        let notes = Mutex<[String]>([])
        let asked = Mutex<[ToolRetry]>([])
        let memory = ToolMemory()
        let answer: JSONValue?

        init(answer: JSONValue? = nil) { self.answer = answer }

        func mender(_ chat: ChatRequest, _ repairs: ToolRepairs) -> ToolMender? {
            let count = Mutex(0)
            return ToolMender(
                chat, repairs: repairs, memory: memory,
                note: { notes in self.notes.withLock { $0 += notes } },
                again: { retry in
                    self.asked.withLock { $0.append(retry) }
                    return self.answer
                },
                newID: {
                    let number = count.withLock { count in
                        count += 1
                        return count
                    }
                    return "new\(number)"
                })
        }

        func stream(_ events: [String], _ repairs: ToolRepairs = .all, _ more: String = "") async throws -> [String] {
            var stream = ToolStream(try #require(mender(try OfferedToolsSample.chat(more), repairs)))
            var bytes: [UInt8] = []
            for event in events { bytes += try await stream.translate(ServerSentEvent(data: Array(event.utf8))) }
            bytes += try await stream.end()
            var parser = ServerSentEventParser()
            let frames = try parser.push(bytes).map { String(decoding: $0.data, as: UTF8.self) }
            try Self.check(frames)
            return frames
        }

        /// What clients insist on.
        private static func check(_ frames: [String]) throws {
            var names: [Int: String] = [:]
            var arguments: [Int: String] = [:]
            var isOver = false
            for frame in frames where frame != "[DONE]" {
                let chunk = try JSONValue(parsing: Array(frame.utf8))
                guard let choice = chunk["choices"]?[0] else { continue }
                #expect(!isOver, "a delta behind the end: \(frame)")
                for call in choice["delta"]?["tool_calls"]?.array ?? [] {
                    let index = try #require(call["index"]?.int)
                    let isSettled = (try? JSONView(validating: Array((arguments[index] ?? "").utf8))) != nil
                    #expect(!isSettled, "more of a call that was settled: \(frame)")
                    if names[index] == nil {
                        #expect(call["id"]?.string?.isEmpty == false, "no id: \(frame)")
                        #expect(index == names.count)
                        names[index] = try #require(call["function"]?["name"]?.string)
                    }
                    arguments[index, default: ""] += call["function"]?["arguments"]?.string ?? ""
                }
                if choice["finish_reason"]?.string != nil { isOver = true }
            }
        }
    }

    private static func chunk(_ delta: String, _ reason: String = "null", _ more: String = "") -> String {
        #"{"choices":[{"finish_reason":\#(reason),"index":0,"delta":\#(delta)}],"created":1,"id":"c","model":"m","object":"chat.completion.chunk"\#(more)}"#
    }
    private static func text(_ text: String) -> String { chunk(#"{"content":\#(JSONValue.string(text))}"#) }
    private static func call(_ index: Int, _ id: String, _ name: String, _ arguments: String) -> String {
        chunk(
            #"{"tool_calls":[{"index":\#(index),"id":"\#(id)","type":"function","function":{"name":"\#(name)","arguments":\#(JSONValue.string(arguments))}}]}"#
        )
    }
    private static func more(_ index: Int, _ arguments: String) -> String {
        chunk(#"{"tool_calls":[{"index":\#(index),"function":{"arguments":\#(JSONValue.string(arguments))}}]}"#)
    }
    private static let first = chunk(#"{"role":"assistant","content":null}"#)
    private static let stop = chunk("{}", "\"stop\"")
    private static let calls = chunk("{}", "\"tool_calls\"")
    private static let usage = #"{"choices":[],"id":"c","usage":{"prompt_tokens":3,"completion_tokens":2}}"#

    /// The calls of a stream: name and arguments.
    private func calls(_ frames: [String]) throws -> [[String]] {
        var calls: [[String]] = []
        for frame in frames where frame != "[DONE]" {
            let chunk = try JSONValue(parsing: Array(frame.utf8))
            for call in chunk["choices"]?[0]?["delta"]?["tool_calls"]?.array ?? [] {
                let function = call["function"]
                if let name = function?["name"]?.string { calls.append([name, ""]) }
                calls[calls.count - 1][1] += function?["arguments"]?.string ?? ""
            }
        }
        return calls
    }

    private func content(_ frames: [String]) throws -> String {
        try frames.filter { $0 != "[DONE]" }.map {
            try JSONValue(parsing: Array($0.utf8))["choices"]?[0]?["delta"]?["content"]?.string ?? ""
        }.joined()
    }

    private func reason(_ frames: [String]) throws -> String? {
        try frames.filter { $0 != "[DONE]" }.compactMap {
            try JSONValue(parsing: Array($0.utf8))["choices"]?[0]?["finish_reason"]?.string
        }.last
    }

    @Test func whatNeedsNothingKeepsItsBytes() async throws {
        let events = [
            Self.first, Self.chunk(#"{"reasoning_content":"hm <tool_call>"}"#), Self.text("a < b"),
            Self.text(" \u{e4}[1]"),
            Self.text("{\"x\":1}"), Self.call(0, "i", "read", ""), Self.more(0, #"{"filePath""#),
            Self.more(0, #":"a"}"#),
            Self.call(1, "j", "list_files", "{}"), Self.calls, Self.usage, "[DONE]",
        ]
        #expect(try await Run().stream(events) == events)
    }

    @Test func anAnswerInTextKeepsItsBytes() async throws {
        let events = [Self.first, Self.text("Hi"), Self.text("."), Self.stop, Self.usage, "[DONE]"]
        let run = Run()
        #expect(try await run.stream(events) == events)
        #expect(run.notes.withLock { $0 }.isEmpty && run.memory.count == 0)
    }

    @Test func aCallInTheTextBecomesOne() async throws {
        let written = "I look.\n<tool_call>\n{\"name\": \"read\", \"arguments\": {\"filePath\": \"a\"}}\n</tool_call>"
        for size in [1, 3, 7, 200] {
            let letters = Array(written)
            let pieces = stride(from: 0, to: letters.count, by: size).map {
                Self.text(String(letters[$0..<min($0 + size, letters.count)]))
            }
            let run = Run()
            let frames = try await run.stream([Self.first] + pieces + [Self.stop, Self.usage, "[DONE]"])
            #expect(try content(frames) == "I look.\n")
            #expect(try calls(frames) == [["read", #"{"filePath": "a"}"#]])
            #expect(try reason(frames) == "tool_calls")
            #expect(frames.first == Self.first && frames.suffix(2) == [Self.usage, "[DONE]"])
            #expect(run.notes.withLock { $0 } == ["tool call read found in the text"])
            let known = run.memory.answer(withCall: "new1")
            #expect(known?.text == written && known?.content == "I look.\n" && known?.model == "m")
        }
    }

    /// The last word of an answer may come with its reason.
    @Test func aCallThatEndsWithTheAnswerIsFound() async throws {
        let frames = try await Run().stream([
            Self.chunk(#"{"role":"assistant","content":"<function=list_files>"}"#),
            Self.chunk(
                #"{"content":"</function>"}"#, "\"stop\"", #","usage":{"prompt_tokens":1},"timings":{"cache_n":2}"#),
            "[DONE]",
        ])
        #expect(try calls(frames) == [["list_files", "{}"]])
        #expect(frames.filter { $0.contains("usage") }.count == 1)
        #expect(try reason(frames) == "tool_calls")
    }

    @Test func aStoppedAnswerGivesBackWhatIsHeld() async throws {
        let cut = #"<tool_call>{"name":"bash","arguments":{"command":"rm -rf /tm"#
        let frames = try await Run().stream([
            Self.text("So "), Self.text(cut), Self.chunk("{}", "\"length\""), "[DONE]",
        ])
        #expect(try content(frames) == "So " + cut)
        #expect(try calls(frames).isEmpty)
        #expect(try reason(frames) == "length")
        // A call of the engine's own goes out as it came as well.
        let events = [Self.call(0, "i", "bash", #"{"command":"rm -rf /tm"#), Self.chunk("{}", "\"length\""), "[DONE]"]
        #expect(try await Run().stream(events) == events)
    }

    @Test func aStreamThatSaysNoReasonGivesBackWhatIsHeld() async throws {
        let frames = try await Run().stream([Self.text("x <tool_call>"), Self.call(0, "i", "read", "{"), "[DONE]"])
        #expect(try content(frames) == "x <tool_call>")
        #expect(frames.contains(Self.call(0, "i", "read", "{")))
        await #expect(throws: APIError.self) { try await Run().stream([Self.text("x")]) }
        let failed = #"{"error":{"message":"no"}}"#
        #expect(try await Run().stream([Self.text("x"), failed]) == [Self.text("x"), failed])
    }

    @Test func theEnginesCallsAreRepaired() async throws {
        let run = Run()
        let frames = try await run.stream([
            Self.first, Self.call(0, "i", "read", #"{"file"#), Self.more(0, #"_path":"a"}"#),
            Self.call(1, "j", "read", #"{"filePath":"b"}"#), Self.calls, "[DONE]",
        ])
        #expect(try calls(frames) == [["read", #"{"filePath":"a"}"#], ["read", #"{"filePath":"b"}"#]])
        #expect(run.notes.withLock { $0 } == ["read: file_path became filePath"])
        #expect(run.memory.call("i")?.arguments == #"{"filePath":"a"}"#)
    }

    /// Clients settle a call when its arguments parse.
    @Test func nothingFollowsASettledCall() async throws {
        let frames = try await Run().stream([
            Self.call(0, "i", "list_files", "{}"), Self.more(0, "{\"x\":1}"), Self.calls, Self.text("late"), "[DONE]",
        ])
        #expect(frames == [Self.call(0, "i", "list_files", "{}"), Self.calls, "[DONE]"])
        let null = try await Run().stream([Self.call(0, "i", "list_files", "null"), Self.calls, "[DONE]"])
        #expect(try calls(null) == [["list_files", "{}"]])
    }

    @Test func aCallWithoutIDOrBehindOneInTheTextIsMadeNew() async throws {
        let run = Run()
        let frames = try await run.stream([
            Self.text("<function=list_files></function>"), Self.call(0, "", "read", #"{"filePath":"a"}"#), Self.calls,
            "[DONE]",
        ])
        #expect(try calls(frames) == [["list_files", "{}"], ["read", #"{"filePath":"a"}"#]])
        #expect(frames.contains { $0.contains(#""id":"new2""#) })
    }

    // MARK: - Asking again

    private func answer(_ text: String) -> JSONValue {
        ["choices": [["finish_reason": "stop", "message": ["role": "assistant", "content": .string(text)]]]]
    }

    @Test func whatCannotBeRepairedIsAskedForOnce() async throws {
        let run = Run(answer: answer(#"{"filePath": "b"}"#))
        let frames = try await run.stream([
            Self.call(0, "i", "read", "{\"limit\":3}"), Self.call(1, "j", "read", "{\"limit\":4}"), Self.calls,
            "[DONE]",
        ])
        #expect(try calls(frames) == [["read", #"{"filePath": "b"}"#], ["read", #"{"limit":4}"#]])
        let notes = run.notes.withLock { $0 }
        #expect(
            notes.count == 2 && notes[0].hasPrefix("read: asked again: ")
                && notes[1].hasPrefix("read: the call does not fit: "))
        let retries = run.asked.withLock { $0 }
        #expect(retries.count == 1)
        let body = try JSONValue(parsing: try #require(retries.first).body)
        #expect(body["tool_choice"]?.string == "none" && body["stream"]?.bool == false)
        #expect(body["tools"] == (try JSONValue(parsing: Array(OfferedToolsSample.json.utf8))))
        #expect(body["response_format"]?["json_schema"]?["schema"]?["required"]?[0]?.string == "filePath")
        #expect(body["messages"]?.array?.count == 3)
        #expect(body["messages"]?[1]?["content"]?.string == #"{"limit":3}"#)
        #expect(body["messages"]?[2]?["content"]?.string?.contains("filePath") == true)
    }

    @Test func whatIsStillBadGoesOutAsItCame() async throws {
        for answer in [nil, answer("{}"), answer("no"), ["choices": []]] as [JSONValue?] {
            let run = Run(answer: answer)
            let events = [Self.call(0, "i", "read", "{\"limit\":3}"), Self.calls, "[DONE]"]
            #expect(try calls(try await run.stream(events)) == [["read", #"{"limit":3}"#]])
            #expect(run.notes.withLock { $0 }.first?.hasPrefix("read: asked again in vain: ") == true)
        }
        let run = Run(answer: answer(#"{"filePath": "b"}"#))
        let events = [Self.call(0, "i", "fly", "{\"limit\":3}"), Self.calls, "[DONE]"]
        #expect(try calls(try await run.stream(events)) == [["fly", #"{"limit":3}"#]])
        #expect(run.asked.withLock { $0 }.isEmpty)
    }

    // MARK: - What is switched off

    @Test func eachRepairCanBeSwitchedOff() async throws {
        let text = [Self.text("<function=list_files></function>"), Self.stop, "[DONE]"]
        #expect(try await Run().stream(text, ToolRepairs.all.subtracting(.text)) == text)
        #expect(try await Run().stream(text, .all, #","tool_choice":"none""#) == text)
        let bad = [Self.call(0, "i", "read", #"{"file_path":"a"}"#), Self.calls, "[DONE]"]
        #expect(try await Run().stream(bad, ToolRepairs.all.subtracting(.calls)) == bad)
        let asking = Run(answer: answer(#"{"filePath": "b"}"#))
        let hopeless = [Self.call(0, "i", "read", "{}"), Self.calls, "[DONE]"]
        #expect(try calls(try await asking.stream(hopeless, ToolRepairs.all.subtracting(.retry))) == [["read", "{}"]])
        #expect(asking.asked.withLock { $0 }.isEmpty)
        let forgetting = Run()
        _ = try await forgetting.stream(text, ToolRepairs.all.subtracting(.raw))
        #expect(forgetting.memory.count == 0)
        #expect(Run().mender(try OfferedToolsSample.chat(), []) == nil)
        #expect(Run().mender(try OfferedToolsSample.chat(#","n":2"#), .all) == nil)
    }

    // MARK: - Whole answers

    private func whole(_ message: String, _ reason: String, _ run: Run = Run()) async throws -> String {
        let mender = try #require(run.mender(try OfferedToolsSample.chat(), .all))
        let body =
            #"{"choices":[{"finish_reason":"\#(reason)","index":0,"message":\#(message)}],"id":"c","usage":{"x":1}}"#
        return String(decoding: try await ToolAnswer(mender: mender).mended(Array(body.utf8)), as: UTF8.self)
    }

    @Test func aWholeAnswerIsMended() async throws {
        let run = Run()
        let found = try await whole(
            #"{"role":"assistant","content":"So. <function=list_files></function>"}"#, "stop", run)
        #expect(
            found
                == #"{"choices":[{"finish_reason":"tool_calls","index":0,"message":{"role":"assistant","content":"So. ","tool_calls":[{"id":"new1","type":"function","function":{"name":"list_files","arguments":"{}"}}]}}],"id":"c","usage":{"x":1}}"#
        )
        #expect(run.memory.answer(withCall: "new1")?.text == "So. <function=list_files></function>")
        let repaired = try await whole(
            #"{"role":"assistant","content":null,"tool_calls":[{"id":"i","type":"function","function":{"name":"Read","arguments":"{\"filePath\":\"a\",}"}}]}"#,
            "tool_calls")
        #expect(repaired.contains(#""name":"read","arguments":"{\"filePath\":\"a\"}""#))
    }

    @Test(arguments: [
        (#"{"role":"assistant","content":"a <b> `<tool_call>` {}"}"#, "stop"),
        (#"{"role":"assistant","content":"<function=read><parameter=filePath>a"}"#, "length"),
        (
            #"{"role":"assistant","content":"","tool_calls":[{"id":"i","type":"function","function":{"name":"read","arguments":"{\"filePath\" : \"a\"}"}}]}"#,
            "tool_calls"
        ),
        (
            #"{"role":"assistant","content":null,"tool_calls":[{"id":"i","function":{"name":"read","arguments":"{\"fi"}}]}"#,
            "length"
        ),
    ]) func aWholeAnswerThatNeedsNothingKeepsItsBytes(_ message: String, _ reason: String) async throws {
        let body =
            #"{"choices":[{"finish_reason":"\#(reason)","index":0,"message":\#(message)}],"id":"c","usage":{"x":1}}"#
        #expect(try await whole(message, reason) == body)
    }
}
