import Synchronization
import Testing

@testable import LocalCodeCore

@Suite struct ImagePartsTests {
    private static let png = Pictures.url(Pictures.png())

    private func chat(_ text: String) throws -> ChatRequest {
        try ChatRequest(JSONView(validating: Array(text.utf8)), kind: .chat)
    }

    private func request(_ parts: String...) throws -> ChatRequest {
        try chat(
            #"{"messages": [{"role":"system","content":"s"}, {"role":"user","content":[\#(parts.joined(separator: ", "))]}], "x" : 1}"#
        )
    }

    private func part(_ url: String) -> String { #"{"type":"image_url","image_url":{"url":"\#(url)","detail":"low"}}"# }

    private func prepare(
        _ chat: ChatRequest, for reader: ImageParts.Reader = .engine, _ policy: ImagePolicy = ImagePolicy(),
        fetch: @escaping @Sendable (String) async throws -> [UInt8] = { _ in
            throw ImageProblem(code: "no", message: "no")
        }
    ) async throws -> (text: String, notes: [String]) {
        let prepared = try await ImageParts.prepare(chat, for: reader, policy: policy, fetch: fetch)
        return (String(decoding: prepared.chat.body.document, as: UTF8.self), prepared.notes)
    }

    private func refusal(
        _ chat: ChatRequest, for reader: ImageParts.Reader = .engine, _ policy: ImagePolicy = ImagePolicy(),
        fetch: @escaping @Sendable (String) async throws -> [UInt8] = { _ in Pictures.png() }
    ) async -> APIError? {
        do {
            _ = try await prepare(chat, for: reader, policy, fetch: fetch)
            return nil
        } catch {
            return error as? APIError
        }
    }

    @Test func nothingToDoIsNothingDone() async throws {
        let requests = [
            #" {"messages":[{"role":"user","content":"http://a/ data:image"}]} "#,
            #"{"messages":[{"role":"user","content":[{"type":"text","text":"file:///x"},{"kind":1},null,7]}]}"#,
            #"{"messages":[{"role":"user","content":null},{"role":"user"}]}"#,
            #"{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"\#(Self.png)"}}]}] }"#,
            #"{"messages":[{"role":"user","content":[{"type":"input_audio","input_audio":{"data":"UklGRg=="}}]}] }"#,
        ]
        for text in requests {
            let prepared = try await prepare(chat(text))
            #expect(prepared.text == text)
            #expect(prepared.notes.isEmpty)
        }
    }

    @Test func anEngineGetsWhatAURLLeadsTo() async throws {
        let asked = Mutex<[String]>([])
        let chat = try request(
            #"{"type":"text","text":"look"}"#, part("https://a.example/1.png"), part(Self.png),
            part(#"HTTP:\/\/a.example\/2"#), part("https://a.example/1.png"))
        let prepared = try await prepare(chat) { url in
            asked.withLock { $0.append(url) }
            return url.hasSuffix("2") ? Pictures.jpeg() : Pictures.png()
        }
        // The rest of the body keeps its bytes.
        let expected = try request(
            #"{"type":"text","text":"look"}"#, part(Self.png), part(Self.png),
            part(Pictures.url(Pictures.jpeg(), "image/jpeg")), part(Self.png))
        #expect(prepared.text == String(decoding: expected.body.document, as: UTF8.self))
        #expect(asked.withLock { $0.sorted() } == ["HTTP://a.example/2", "https://a.example/1.png"])
        #expect(
            prepared.notes == [
                "messages[1].content[1] fetched: 29 bytes",
                "messages[1].content[3] fetched: \(Pictures.jpeg().count) bytes",
                "messages[1].content[4] fetched: 29 bytes",
            ])
    }

    @Test func changesOfAllKindsKeepTheirPlaces() async throws {
        let gif = Pictures.url(Pictures.gif(), "image/png")
        let chat = try request(part("https://a.example/1"), part(gif), part("https://a.example/2"), part(gif))
        let prepared = try await prepare(chat) { $0.hasSuffix("1") ? Pictures.png() : Pictures.jpeg() }
        let set = part(Pictures.url(Pictures.gif(), "image/gif"))
        let expected = try request(part(Self.png), set, part(Pictures.url(Pictures.jpeg(), "image/jpeg")), set)
        #expect(prepared.text == String(decoding: expected.body.document, as: UTF8.self))
    }

    @Test func theGLMAPIFetchesItself() async throws {
        let chat = try request(part("https://a.example/1.png"), part(Self.png))
        let prepared = try await prepare(chat, for: .glm)
        #expect(prepared.text == String(decoding: chat.body.document, as: UTF8.self))
    }

    @Test func otherShapesBecomeTheUsualOne() async throws {
        let chat = try request(
            #"{"type":"input_image","image_url":"\#(Self.png)"}"#, #"{"type":"image_url","image_url":"\#(Self.png)"}"#)
        let prepared = try await prepare(chat)
        let usual = #"{"type":"image_url","image_url":{"url":"\#(Self.png)"}}"#
        #expect(prepared.text == String(decoding: try request(usual, usual).body.document, as: UTF8.self))
        #expect(prepared.notes.count == 2)
        let remote = try request(#"{"type":"input_image","image_url":"https://a.example/1"}"#)
        #expect(
            try await prepare(remote, for: .glm).text.contains(
                #"{"type":"image_url","image_url":{"url":"https://a.example/1"}}"#))
        #expect(try await prepare(remote) { _ in Pictures.png() }.text.contains(usual))
    }

    @Test func aWrongTypeIsSetRight() async throws {
        let prepared = try await prepare(request(part(Pictures.url(Pictures.gif(), "image/png"))), for: .glm)
        #expect(prepared.text.contains(Pictures.url(Pictures.gif(), "image/gif")))
        #expect(prepared.notes == ["messages[1].content[0] is image/gif and not image/png"])
    }

    @Test func refusals() async throws {
        let cases: [(String, String)] = [
            (part("file:///etc/passwd"), "invalid_image_url"), (part("FILE:///etc/passwd"), "invalid_image_url"),
            (part(#"\u0066ile:\/\/\/etc\/passwd"#), "invalid_image_url"), (part("ftp://a/"), "invalid_image_url"),
            (part("javascript:x"), "invalid_image_url"), (part("cat.png"), "invalid_base64_image"),
            (part("data:image/png;base64,AAAA"), "unsupported_image_media_type"),
            (#"{"type":"image_url"}"#, "invalid_image_url"),
            (#"{"type":"image_url","image_url":{}}"#, "invalid_image_url"),
            (#"{"type":"image_url","image_url":{"url":7}}"#, "invalid_image_url"),
            (#"{"type":"video_url","video_url":{"url":"http://127.0.0.1/"}}"#, "invalid_image_url"),
            (#"{"type":"input_video","input_video":{"data":"https://a/"}}"#, "invalid_image_url"),
            (#"{"type":"input_audio","input_audio":{"url":"file:///x"}}"#, "invalid_image_url"),
            (#"{"type":"input_audio","input_audio":{"data":null,"url":"http://a/"}}"#, "invalid_image_url"),
            (#"{"type":"input_audio","input_audio":{"data":"UklGRg==","url":"http://a/"}}"#, "invalid_image_url"),
        ]
        for (part, code) in cases {
            let error = try #require(await refusal(request(#"{"type":"text","text":""}"#, part)), "\(part)")
            #expect(error.status == 400)
            #expect(error.code == code, "\(part)")
            #expect(error.param == "messages[1].content[1]")
            #expect(error.message.contains("messages[1].content[1]"))
        }
    }

    @Test func limits() async throws {
        let url = part("https://a.example/1.png")
        var policy = ImagePolicy(limit: 28)
        #expect(await refusal(try request(part(Self.png)), policy)?.code == "image_file_too_large")
        #expect(await refusal(try request(url), policy)?.code == "image_file_too_large")
        policy.limit = 29
        #expect(await refusal(try request(url), policy) == nil)
        policy.fetchedBytes = 58
        #expect(await refusal(try request(url, url), policy) == nil)
        policy.fetchedBytes = 57
        #expect(await refusal(try request(url, url), policy)?.code == "image_file_too_large")
        #expect(await refusal(try request(url, part("https://a.example/2")), policy)?.code == "image_file_too_large")
        policy = ImagePolicy()
        policy.fetches = 1
        #expect(await refusal(try request(url, url), policy) == nil)
        let other = part("https://a.example/2.png")
        #expect(await refusal(try request(url, url, other), policy)?.param == "messages[1].content[2]")
        #expect(await refusal(try request(url)) { _ in Array("<html>".utf8) }?.code == "unsupported_image_media_type")
        for reader in [ImageParts.Reader.engine, .glm] {
            #expect(await refusal(try request(url), for: reader, ImagePolicy(urls: .off))?.code == "invalid_image_url")
        }
        #expect(
            await refusal(
                try request(#"{"type":"video_url","video_url":{"url":"http://127.0.0.1/"}}"#), ImagePolicy(urls: .any))
                == nil)
    }

    @Test func whatFetchingSaysIsToldWithItsPlace() async throws {
        let error = await refusal(try request(part(Self.png), part("https://a.example/1"))) { _ in
            throw ImageProblem(code: "failed_to_download_image", message: "cannot be fetched: HTTP 404")
        }
        #expect(error?.message == "the picture in messages[1].content[1] cannot be fetched: HTTP 404")
    }
}
