import Support
import Testing

@testable import LocalCodeCore

@Suite struct EngineControlTests {
    private let directory: TestDirectory
    private let metrics = Metrics()

    init() throws { directory = try TestDirectory() }

    /// A llama-server that is only ever asked what it can do, control vectors included.
    private func executable() throws -> String {
        try directory.write(
            """
            #!/bin/sh
            if [ "$1" = --help ]; then
                echo '--control-vector FNAME                          control vectors'
                echo '--control-vector-scaled FNAME:SCALE             control vectors'
                echo '--control-vector-layer-range START END          layers'
            fi
            exec '\(try TestPlaces.python())' -I '\(TestPlaces.repository)/scripts/engine/llama-server.py' "$@"

            """, to: "llama-server", mode: 0o700)
    }

    /// A proxy with these models, of which none is ever started.
    private func withProxy(
        _ entries: [ModelEntry], key: String? = nil, _ body: (TestHTTP) async throws -> Void
    ) async throws {
        let client = try HTTPClient()
        let launcher = EngineLauncher(
            executable: try executable(), stateDirectory: directory.path, runtimeDirectory: directory.path,
            cacheDirectory: directory.path, store: nil, client: client, note: { _ in })
        let backends = Backends(
            fleet: entries.isEmpty ? nil : Fleet(entries, launcher: launcher, note: { _ in }), models: entries,
            glm: GLMBackend(baseURL: "http://127.0.0.1:1", key: nil, client: client), isGLMConfigured: false,
            images: ImageFetcher(client: client, policy: ImagePolicy()), defaultModel: "coder")
        let log = RequestLog(LogRenderer(format: .off, content: .none, hasColor: false), writer: LogWriter())
        let proxy = Proxy(settings: .init(apiKey: key), backends: backends, log: log, metrics: metrics)
        try await withServer(handler: { await proxy.handle($0, $1) }) { server in
            try await body(TestHTTP("http://127.0.0.1:\(server.port)"))
        }
    }

    private func entry(_ name: String = "coder") async throws -> ModelEntry {
        var entry = ModelEntry(name: name, source: .file(try await TinyModel.tiny.path()))
        entry.aliases = ["main"]
        entry.speculation = ModelEntry.Speculation(kinds: ["ngram-mod"])
        return entry
    }

    @Test func figuresAreAPageForPrometheus() async throws {
        metrics.count(.turn, model: "coder")
        try await withProxy([try await entry()]) { http in
            for path in ["/metrics", "/v1/metrics"] {
                let answer = try await http.get(path)
                #expect(answer.status == 200)
                #expect(answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
                #expect(answer.text.contains("localcode_requests_total{model=\"coder\",kind=\"turn\"} 1\n"))
                #expect(answer.text.contains("localcode_model_state{model=\"coder\",state=\"unloaded\"} 1\n"))
            }
        }
    }

    @Test(arguments: ["/metrics", "/localcode/models"])
    func theyNeedTheKey(path: String) async throws {
        try await withProxy([], key: "secret") { http in
            let stranger = try await http.get(path)
            let owner = try await http.get(path, headers: ["Authorization": "Bearer secret"])
            #expect(stranger.status == 401 && owner.status == 200)
        }
    }

    @Test func modelsAreReportedWithTheirFigures() async throws {
        metrics.count(.turn, model: "coder")
        metrics.count(.chat, model: "glm-4.7")
        try await withProxy([try await entry(), try await entry("other")]) { http in
            let json = try await http.get("/localcode/models").json
            #expect(json["models"]?.array?.compactMap { $0["name"]?.string } == ["coder", "other", "glm-4.7"])
            let first = try #require(json["models"]?[0])
            #expect(first["state"] == "unloaded" && first["aliases"] == ["main"] && first["loads"] == 0)
            #expect(first["speculation"] == ["ngram-mod"] && first["kinds"]?["turn"]?["requests"] == 1)
        }
    }

    @Test func aSetOfControlVectorsIsTakenAndTakenBack() async throws {
        let vector = try await TinyModel.controlVector.path()
        try await withProxy([try await entry()]) { http in
            let taken = try await http.post(
                "/v1/localcode/steer",
                ["model": "main", "vectors": [["path": .string(vector), "scale": 0.5]], "layers": [1, 1]])
            #expect(taken.status == 200, "\(taken.text)")
            #expect(taken.json["name"] == "coder")
            #expect(taken.json["steering"] == [["path": .string(vector), "scale": 0.5]])
            let listed = try await http.get("/localcode/models").json
            #expect(listed["models"]?[0]?["steering"]?.array?.count == 1)
            let gone = try await http.post("/localcode/steer", ["model": "coder", "vectors": []])
            #expect(gone.status == 200 && gone.json["steering"] == [])
        }
    }

    @Test func whatCannotBeDoneIsRefused() async throws {
        try await withProxy([try await entry()]) { http in
            let unknown = try await http.post("/localcode/steer", ["model": "nobody", "vectors": []])
            #expect(unknown.status == 404 && unknown.json["error"]?["code"] == "model_not_found")
            let missing = try await http.post(
                "/localcode/steer", ["model": "coder", "vectors": [["path": "/nowhere/terse.gguf"]]])
            #expect(missing.status == 400 && missing.text.contains("/nowhere/terse.gguf"))
            #expect(try await http.get("/localcode/steer").status == 405)
        }
        try await withProxy([]) { http in
            let none = try await http.post("/localcode/steer", ["model": "coder", "vectors": []])
            #expect(none.status == 501 && none.json["error"]?["code"] == "no_models")
        }
    }
}

@Suite struct SteeringOrderTests {
    private func order(_ text: String) throws -> SteeringOrder {
        try SteeringOrder(try JSONView(validating: Array(text.utf8)))
    }

    @Test func everyFieldIsRead() throws {
        let order = try order(
            #"{"model":"m","vectors":[{"path":"/a.gguf"},{"path":"/b.gguf","scale":-0.5}],"layers":[3,8]}"#)
        #expect(order.model == "m" && order.layers == 3...8)
        #expect(order.vectors == [.init(path: "/a.gguf"), .init(path: "/b.gguf", scale: -0.5)])
        #expect(try self.order(#"{"model":"m","vectors":[],"layers":null}"#).layers == nil)
    }

    @Test(arguments: [
        ("[]", nil), ("{}", "model"), (#"{"model":"","vectors":[]}"#, "model"), (#"{"model":"m"}"#, "vectors"),
        (#"{"model":"m","vectors":{}}"#, "vectors"), (#"{"model":"m","vectors":["/a"]}"#, "vectors[0].path"),
        (#"{"model":"m","vectors":[{"path":"/a"},{"path":"b"}]}"#, "vectors[1].path"),
        (#"{"model":"m","vectors":[{"path":"/a","scale":"1"}]}"#, "vectors[0].scale"),
        (#"{"model":"m","vectors":[{"path":"/a","scale":1e999}]}"#, "vectors[0].scale"),
        (#"{"model":"m","vectors":[],"layers":[8,3]}"#, "layers"),
        (#"{"model":"m","vectors":[],"layers":[-1,3]}"#, "layers"),
        (#"{"model":"m","vectors":[],"layers":[1,2,3]}"#, "layers"),
        (#"{"model":"m","vectors":[],"layers":["1",2]}"#, "layers"),
        (#"{"model":"m","vectors":[],"layers":7}"#, "layers"),
    ])
    func theFieldAtFaultIsNamed(text: String, field: String?) {
        let error = #expect(throws: APIError.self) { try order(text) }
        #expect(error?.status == 400 && error?.param == field)
    }

    @Test func thereIsAnEndToThem() {
        let many = (0..<65).map { #"{"path":"/\#($0)"}"# }.joined(separator: ",")
        let error = #expect(throws: APIError.self) { try order(#"{"model":"m","vectors":[\#(many)]}"#) }
        #expect(error?.param == "vectors")
    }
}
