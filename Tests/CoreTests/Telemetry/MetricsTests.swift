import Testing

@testable import LocalCodeCore

@Suite struct MetricsTests {
    private let metrics = Metrics()

    private func usage(
        prompt: Int = 100, cached: Int = 80, completion: Int = 50, seconds: Double = 0.5, drafted: Int? = nil,
        accepted: Int? = nil
    ) -> Usage {
        var usage = Usage()
        usage.prompt = prompt
        usage.cached = cached
        usage.completion = completion
        usage.promptSeconds = 0.25
        usage.decodeSeconds = seconds
        usage.drafted = drafted
        usage.accepted = accepted
        return usage
    }

    private func figures(_ model: String, _ kind: RequestKind) -> RequestFigures? {
        metrics.figures.first { $0.key.model == model && $0.key.kind == kind }?.value
    }

    @Test func eachModelAndKindIsCountedApart() throws {
        metrics.count(.turn, model: "coder", usage: usage(drafted: 40, accepted: 30))
        metrics.count(.turn, model: "coder", usage: usage(drafted: 20, accepted: 3), isAfterRestore: true)
        metrics.count(.title, model: "coder", failed: true)
        metrics.count(.turn, model: "small", usage: usage(seconds: 2))
        let turn = try #require(figures("coder", .turn))
        #expect(turn.requests == 2 && turn.errors == 0)
        #expect(turn.prompt == 200 && turn.cached == 160 && turn.completion == 100)
        #expect(turn.drafts.drafted == 60 && turn.drafts.accepted == 33 && turn.drafts.acceptance == 0.55)
        #expect(turn.draftsAfterRestore.drafted == 20 && turn.draftsAfterRestore.accepted == 3)
        #expect(turn.tokensPerSecond == 100)
        let title = try #require(figures("coder", .title))
        #expect(title.requests == 1 && title.errors == 1 && title.tokensPerSecond == nil)
        #expect(title.drafts.acceptance == nil)
        #expect(figures("small", .turn)?.tokensPerSecond == 25)
    }

    @Test func whatAnUpstreamSaysCannotBreakTheSums() throws {
        metrics.count(.chat, model: "m", usage: usage(prompt: .max, cached: -5, completion: .max, seconds: .infinity))
        metrics.count(.chat, model: "m", usage: usage(prompt: .max, seconds: .nan, drafted: 10, accepted: 99))
        metrics.count(.chat, model: "m", usage: usage(seconds: -1, drafted: -10, accepted: -1))
        let sums = try #require(figures("m", .chat))
        #expect(sums.prompt == .max && sums.completion == .max && sums.cached == 160)
        #expect(sums.decodeSeconds == 0 && sums.tokensPerSecond == nil)
        #expect(sums.drafts.drafted == 10 && sums.drafts.accepted == 10)
    }

    @Test func namesOfModelsAreBounded() {
        for number in 0..<500 { metrics.count(.chat, model: "model \(number) " + String(repeating: "x", count: 500)) }
        metrics.count(.turn, model: "model 1 " + String(repeating: "x", count: 500))
        let names = Set(metrics.figures.keys.map(\.model))
        #expect(names.count == 101)
        #expect(names.allSatisfy { $0.count <= 128 })
        #expect(figures(Metrics.otherModels, .chat)?.requests == 400)
        #expect(metrics.figures.values.reduce(0) { $0 + $1.requests } == 501)
        #expect(figures(Metrics.otherModels, .turn) == nil, "a model that is known gets its other kinds")
    }

    @Test func thePageIsPrometheusText() {
        metrics.count(.turn, model: "a\"b\\c\nd", usage: usage(drafted: 40, accepted: 30))
        metrics.count(.chat, model: "small", usage: usage(seconds: 0.125))
        let model = ModelReport(
            name: "small", state: .ready, memory: 1 << 30, active: 1, waiting: 2, loads: 3, restarts: 1, unloads: 2,
            loadSeconds: 1.5)
        let text = MetricsText.text(metrics.figures, models: [model])
        let lines = text.split(separator: "\n").map(String.init)
        #expect(text.hasSuffix("\n"))
        #expect(lines.contains(#"localcode_drafted_tokens_total{model="a\"b\\c\nd",kind="turn"} 40"#))
        #expect(lines.contains(#"localcode_accepted_tokens_total{model="a\"b\\c\nd",kind="turn"} 30"#))
        #expect(lines.contains(#"localcode_decode_seconds_total{model="small",kind="chat"} 0.125"#))
        #expect(lines.contains(#"localcode_model_memory_bytes{model="small"} 1073741824"#))
        #expect(lines.contains(#"localcode_model_loads_total{model="small"} 3"#))
        #expect(lines.contains(#"localcode_model_load_seconds_total{model="small"} 1.5"#))
        #expect(lines.contains(#"localcode_model_state{model="small",state="ready"} 1"#))
        #expect(lines.contains(#"localcode_model_state{model="small",state="failed"} 0"#))
        #expect(!text.contains("estimate_bytes"), "what nobody knows has no line and no head")
        // Every family has its head once, before its lines.
        var seen: Set<String> = []
        var family = ""
        for line in lines {
            if line.hasPrefix("# HELP ") {
                family = String(line.dropFirst(7).prefix { $0 != " " })
                #expect(seen.insert(family).inserted, "\(family)")
            } else if line.hasPrefix("# TYPE ") {
                #expect(line == "# TYPE \(family) counter" || line == "# TYPE \(family) gauge")
                #expect(line.hasSuffix("counter") == family.hasSuffix("_total"), "\(family)")
            } else {
                #expect(line.hasPrefix("\(family){"), "\(line)")
            }
        }
        #expect(MetricsText.text([:], models: []).isEmpty)
    }

    @Test func theReportHasEveryModelWithItsKinds() throws {
        metrics.count(.turn, model: "coder", usage: usage(drafted: 40, accepted: 30))
        metrics.count(.title, model: "coder", usage: usage())
        metrics.count(.chat, model: "glm-4.7")
        var coder = ModelReport(name: "coder", aliases: ["main"], state: .ready)
        coder.steering = [ModelEntry.Scaled(path: "/a/terse.gguf", scale: 0.5)]
        let json = metrics.modelsJSON([coder, ModelReport(name: "idle", state: .unloaded, estimate: 5)])
        #expect(json["models"]?.array?.compactMap { $0["name"]?.string } == ["coder", "idle", "glm-4.7"])
        let first = try #require(json["models"]?[0])
        #expect(first["figures"]?["requests"] == 2 && first["figures"]?["acceptance"] == 0.75)
        #expect(first["kinds"]?["turn"]?["drafted_tokens"] == 40)
        #expect(first["kinds"]?["title"]?["acceptance"] == .null)
        #expect(first["steering"] == [["path": "/a/terse.gguf", "scale": 0.5]])
        #expect(json["models"]?[1]?["figures"]?["requests"] == 0 && json["models"]?[1]?["estimate_bytes"] == 5)
        #expect(json["models"]?[2]?["state"] == nil)
    }
}
