import LocalCodeCore
import Support
import Testing

/// Pictures on their way to a real engine that sees.
@Suite(.timeLimit(.minutes(3))) struct VisionServeTests {
    /// One pixel.
    private static let picture: [UInt8] = [
        0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0x00, 0x00, 0x00, 0x0D, 0x49, 0x48, 0x44, 0x52,
        0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x06, 0x00, 0x00, 0x00, 0x1F, 0x15, 0xC4,
        0x89, 0x00, 0x00, 0x00, 0x0D, 0x49, 0x44, 0x41, 0x54, 0x78, 0xDA, 0x63, 0xFC, 0xCF, 0xC0, 0x50,
        0x0F, 0x00, 0x04, 0x85, 0x01, 0x80, 0x84, 0xA9, 0x8C, 0x21, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45,
        0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82,
    ]

    private func dataURL(_ bytes: [UInt8] = picture, _ type: String = "png") -> String {
        "data:image/\(type);base64,\(String(decoding: Base64.encode(bytes), as: UTF8.self))"
    }

    private static let models = """
          blind: {path: "{tiny}", threads: 1}
          seeing: {path: "{tiny}", threads: 1, mmproj: "{tinymm}"}
        """

    /// Somebody's server with a picture.
    private func pictures() throws -> RecordingServer {
        try RecordingServer { _ in .chunked(headers: ["Content-Type: image/png"], [.send(Self.picture)]) }
    }

    private func ask(_ url: String, model: String? = "seeing", type: String = "image_url") -> JSONValue {
        var body = EngineRig.hello("seeing")
        body["model"] = model.map { .string($0) }
        body["messages"] = [
            [
                "role": "user",
                "content": [
                    ["type": "text", "text": "what is this?"], ["type": .string(type), type: ["url": .string(url)]],
                ],
            ]
        ]
        return body
    }

    @Test func aPictureBehindAURLIsWhatTheSameOneInTheRequestIs() async throws {
        let pictures = try pictures()
        let rig = try await EngineRig.start(models: Self.models, options: ["--image-urls", "any"])
        let inside = try await rig.post(ask(dataURL()))
        #expect(inside.status == 200, "\(inside.text)")
        #expect(inside.headers["x-localcode-notes"] == nil)
        for _ in 0..<2 {
            let fetched = try await rig.post(ask("\(pictures.url)/a.png"))
            #expect(fetched.status == 200, "\(fetched.text)")
            #expect(fetched.json["choices"]?[0]?["message"] == inside.json["choices"]?[0]?["message"])
            #expect(fetched.json["usage"]?["prompt_tokens"] == inside.json["usage"]?["prompt_tokens"])
            #expect(
                fetched.headers["x-localcode-notes"] == "messages[0].content[1] fetched: \(Self.picture.count) bytes")
        }
        // By us, once for both turns, and not by the engine.
        #expect(pictures.requests.map { $0.header("user-agent") } == ["LocalCode"])
    }

    @Test func privateAddressesAndFilesAreNotRead() async throws {
        let pictures = try pictures()
        let rig = try await EngineRig.start(models: Self.models)
        for url in [
            "\(pictures.url)/a.png", "http://localhost:\(pictures.port)/", "http://2130706433:\(pictures.port)/",
            "http://[::ffff:127.0.0.1]:\(pictures.port)/", "http://169.254.169.254/latest/meta-data",
            "file:///etc/passwd",
        ] {
            let answer = try await rig.post(ask(url))
            #expect(answer.status == 400, "\(url)")
            #expect(answer.json["error"]?["code"]?.string == "invalid_image_url", "\(url): \(answer.text)")
            #expect(answer.json["error"]?["param"]?.string == "messages[0].content[1]")
        }
        // llama-server would fetch these as well.
        let film = try await rig.post(ask("\(pictures.url)/a.mp4", type: "video_url"))
        #expect(film.status == 400)
        let template = try await TestHTTP(rig.url).post("/apply-template", ask("\(pictures.url)/a.png"))
        #expect(template.status == 400, "\(template.text)")
        let warm = try await TestHTTP(rig.url).post("/localcode/cache/warm", ask("\(pictures.url)/a.png"))
        #expect(warm.status == 400, "\(warm.text)")
        #expect(pictures.connections == 0)
        #expect(rig.starts.isEmpty)
    }

    @Test func aRequestThatNamesNoModelGoesToTheOneThatSees() async throws {
        let rig = try await EngineRig.start(models: Self.models)
        let url = dataURL(Self.picture, "jpeg")
        let answer = try await rig.post(ask(url, model: nil))
        #expect(answer.status == 200, "\(answer.text)")
        #expect(answer.headers["x-localcode-notes"]?.contains("the model is seeing") == true)
        #expect(answer.headers["x-localcode-notes"]?.contains("is image/png and not image/jpeg") == true)
        #expect(rig.starts(of: "seeing").count == 1 && rig.starts(of: "blind").isEmpty)
        let refused = try await rig.post(ask(url, model: "blind"))
        #expect(refused.json["error"]?["code"]?.string == "image_not_supported")
    }

    @Test func sizeAndTypeAreCheckedBeforeAnEngineIsAsked() async throws {
        let rig = try await EngineRig.start(models: Self.models, options: ["--image-limit", "60"])
        let large = try await rig.post(ask(dataURL()))
        #expect(large.status == 400 && large.json["error"]?["code"]?.string == "image_file_too_large")
        let text = try await rig.post(ask(dataURL(Array("no picture".utf8))))
        #expect(text.status == 400 && text.json["error"]?["code"]?.string == "unsupported_image_media_type")
        #expect(rig.starts.isEmpty)
    }

    @Test func theCommandTakesAURL() async throws {
        let pictures = try pictures()
        let rig = try await EngineRig.start(models: Self.models, options: ["--image-urls", "any"])
        let command = [
            "chat", "what is it?", "--image", "\(pictures.url)/a.png", "--model", "seeing", "--max-tokens", "4",
            "--port",
            "\(rig.proxy.port)",
        ]
        let result = try await LocalCodeProcess.run(command)
        // Noise of four tokens ends by itself, or is cut off.
        #expect(result.status == .exited(0) || result.errors.contains("was cut off"), "\(result.errors)")
        #expect(pictures.requests.count == 1)
    }

    @Test func theGLMAPIFetchesItselfAndSaysWhichModelsSee() async throws {
        let gateway = try GLMGateway(.text(["a cat"]))
        let proxy = try await gateway.serve()
        let client = try TestHTTP(proxy.url)
        let url = "https://pictures.example/cat.png"
        let seen = try await client.post("/v1/chat/completions", ask(url, model: "glm-4.6v"))
        #expect(seen.status == 200, "\(seen.text)")
        let sent = try JSONValue(parsing: try #require(gateway.session.seen.first).body)
        let parts = sent["messages"]?.array?.last?["content"]
        #expect(parts?[1]?["image_url"]?["url"]?.string == url)
        let refused = try await client.post("/v1/chat/completions", ask(url, model: "glm-4.7"))
        #expect(refused.json["error"]?["code"]?.string == "image_not_supported")
        #expect(refused.json["error"]?["message"]?.string?.contains("glm-") == true)
        let broken = try await client.post("/v1/chat/completions", ask("data:image/png;base64,AAAA", model: "glm-4.6v"))
        #expect(broken.json["error"]?["code"]?.string == "unsupported_image_media_type")
        #expect(gateway.session.seen.count == 1)
    }
}
