import LocalCodeCore
import Support
import Testing

/// Models that share the memory for one.
@Suite(.serialized, .timeLimit(.minutes(5))) struct EngineSwapTests {
    /// Two models, each of which takes more than half of the budget.
    private static let two = """
          a: {path: "{tiny}", threads: 1, flash-attention: off, micro-batch: 1, memory: 60MB}
          b: {path: "{tinytwin}", threads: 1, flash-attention: off, micro-batch: 1, memory: 60MB}
        """

    @Test func fiftyAlternatingRequestsSwapSeldom() async throws {
        let rig = try await EngineRig.start(models: Self.two, settings: "memory-budget: 100MB")
        let statuses = try await withThrowingTaskGroup(of: Int.self) { tasks in
            for number in 0..<50 {
                tasks.addTask { try await rig.post(EngineRig.hello(number.isMultiple(of: 2) ? "a" : "b")).status }
            }
            return try await tasks.reduce(into: []) { $0.append($1) }
        }
        #expect(statuses == Array(repeating: 200, count: 50))
        // All of them come within the first load: one model is served, then the other.
        #expect(rig.starts.count <= 3)
        #expect(Set(rig.starts.map { $0.value(of: "--alias") ?? "" }) == ["a", "b"])
    }

    /// Each of them asks the next question as soon as it has its answer.
    @Test func twoClientsAtATimeDoNotSwapAtEveryRequest() async throws {
        let rig = try await EngineRig.start(models: Self.two, settings: "memory-budget: 100MB")
        let statuses = try await withThrowingTaskGroup(of: [Int].self) { tasks in
            for model in ["a", "b"] {
                tasks.addTask { try await (0..<25).asyncMap { _ in try await rig.post(EngineRig.hello(model)).status } }
            }
            return try await tasks.reduce(into: []) { $0 += $1 }
        }
        #expect(statuses == Array(repeating: 200, count: 50))
        // Every request a swap would be fifty.
        #expect(rig.starts.count <= 25)
    }

    @Test func aSwapKeepsConversations() async throws {
        let rig = try await EngineRig.start(
            models: Self.two, settings: "memory-budget: 100MB", options: ["--save-idle", "1h"])
        var talks = ["a", "b"].map { model in
            var talk = Conversation(system: Prose.system(seed: 1))
            talk.options["model"] = .string(model)
            return talk
        }
        var before: [Reply?] = [nil, nil]
        for round in 0..<3 {
            for index in talks.indices {
                let reply = try await talks[index].ask("round \(round)", rig.url)
                if let before = before[index] {
                    #expect(reply.receipt?.source == "restored")
                    #expect(reply.cachedTokens >= before.promptTokens + before.answerTokens - 64)
                } else {
                    // What the other model has is nothing to it, though every shape is the same.
                    #expect(reply.receipt?.source == "cold")
                }
                before[index] = reply
            }
        }
        #expect(rig.starts.count == 6)
    }

    @Test func whatFitsStays() async throws {
        let rig = try await EngineRig.start(models: Self.two, settings: "memory-budget: 120MB")
        for _ in 0..<3 {
            for model in ["a", "b"] { #expect(try await rig.post(EngineRig.hello(model)).status == 200) }
        }
        #expect(rig.starts.count == 2)
    }

    @Test func anIdleModelIsUnloadedWhenItsTimeIsOver() async throws {
        let rig = try await EngineRig.start(models: "  a: {path: \"{tiny}\", threads: 1, ttl: 1ms}")
        #expect(try await rig.post(EngineRig.hello("a")).status == 200)
        #expect(await rig.proxy.line(containing: "a is unloaded") != nil)
        #expect(try await rig.post(EngineRig.hello("a")).status == 200)
        #expect(rig.starts.count == 2)
    }

    @Test func aPinnedModelIsThereUnasked() async throws {
        let rig = try await EngineRig.start(
            models: """
                  a: {path: "{tiny}", threads: 1, pinned: true, memory: 60MB}
                  b: {path: "{tinytwin}", threads: 1, memory: 60MB}
                """, settings: "memory-budget: 100MB")
        #expect(await rig.proxy.line(containing: "a is ready") != nil)
        let refused = try await rig.post(EngineRig.hello("b"))
        #expect(refused.status == 400)
        #expect(refused.json["error"]?["code"]?.string == "model_too_large")
        #expect(try await rig.post(EngineRig.hello("a")).status == 200)
        #expect(rig.starts.count == 1)
    }

    @Test func aModelThatCannotBeLoadedCostsNobodyItsPlace() async throws {
        let home = try await EngineRig.prepare(models: "")
        let whole = try TestFiles.bytes(of: try await TinyModel.twin.path())
        try TestFiles.write(Array(whole.prefix(whole.count / 2)), to: "\(home.directory.path)/cut.gguf")
        let rig = try await EngineRig.start(
            models: """
                  a: {path: "{tiny}", threads: 1, memory: 60MB}
                  cut: {path: cut.gguf, memory: 60MB}
                """, settings: "memory-budget: 100MB", home: home)
        #expect(await rig.proxy.line(containing: "the model 'cut' cannot be loaded") != nil)
        #expect(try await rig.post(EngineRig.hello("a")).status == 200)
        #expect(try await rig.post(EngineRig.hello("cut")).status == 400)
        #expect(try await rig.post(EngineRig.hello("a")).status == 200)
        #expect(rig.starts.count == 1)
        // Whole again, it is as good as any other.
        try TestFiles.write(whole, to: "\(home.directory.path)/cut.gguf")
        #expect(try await rig.post(EngineRig.hello("cut")).status == 200)
    }

    /// By its files it fits; its process takes more than there is.
    @Test func aModelThatTurnsOutLargerIsLoadedAgain() async throws {
        let rig = try await EngineRig.start(
            models: "  a: {path: \"{tiny}\", threads: 1, context: 512, ttl: 1ms}", settings: "memory-budget: 80MiB",
            steps: """
                [ "$1" = --model ] && exec '\(try TestPlaces.python())' -I -c '
                import runpy, sys
                ballast = bytearray(b"x") * (80 << 20)
                runpy.run_path(sys.argv.pop(1), run_name="__main__")
                ' '\(TestPlaces.repository)/scripts/engine/llama-server.py' "$@"
                """)
        for _ in 0..<2 {
            #expect(try await rig.post(EngineRig.hello("a")).status == 200)
            #expect(await rig.proxy.line(containing: "a is unloaded") != nil)
        }
        let report = try await TestHTTP(rig.url).get("/v1/localcode/models").json["models"]?[0]
        #expect(report?["estimate_bytes"]?.int ?? .max < 80 << 20)
        #expect(rig.starts.count == 2)
    }

    @Test func requestsSwitchByName() async throws {
        let rig = try await EngineRig.start(models: Self.two, settings: "memory-budget: 120MB")
        let texts = try await ["a", "b"].asyncMap { model in
            try await rig.post(EngineRig.hello(model)).json["choices"]?[0]?["message"]?["content"]?.string
        }
        #expect(texts[0] != nil && texts[0] != texts[1])
        let unknown = try await rig.post(EngineRig.hello("c"))
        #expect(unknown.status == 404)
        #expect(unknown.json["error"]?["message"]?.string?.contains("a, b") == true)
        let listed = try await TestHTTP(rig.url).get("/v1/models").json["data"]?.array ?? []
        #expect(listed.compactMap { $0["id"]?.string }.prefix(2) == ["a", "b"])
    }
}

extension Sequence {
    fileprivate func asyncMap<Value>(_ transform: (Element) async throws -> Value) async rethrows -> [Value] {
        var values: [Value] = []
        for element in self { values.append(try await transform(element)) }
        return values
    }
}
