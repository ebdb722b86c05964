extension EngineRun {
    /// Returns when it has generated something, and speculates if it shall.
    func becomeReady(_ plan: LaunchPlan) async throws(EngineFailure) {
        let name = plan.executable
        do {
            try await withTimeLimit(limits.ready) {
                try await self.waitUntilHealthy(name)
                try await self.generate(plan)
                try await self.checkSpeculation(plan)
            }
        } catch let failure as EngineFailure {
            throw failure
        } catch is TimeLimitExceeded {
            throw failure("the engine \(name) was not ready within \(limits.ready.components.seconds) s")
        } catch {
            throw failure("the engine \(name) was not waited for: the start was cancelled")
        }
    }

    private func failure(_ message: String) -> EngineFailure { EngineFailure(message, lastLines: output.lastLines()) }

    private func waitUntilHealthy(_ name: String) async throws {
        var pause = Duration.milliseconds(5)
        while await server.problem() != nil {
            if let ending = course.ending.value { throw failure("the engine \(name) did not start: \(ending.summary)") }
            try await Task.sleep(for: pause)
            pause = min(pause * 1.2, .milliseconds(100))
        }
    }

    /// Asks for as little as there is: a server can be healthy and its model of no use.
    private func generate(_ plan: LaunchPlan) async throws {
        let (path, body): (String, JSONValue) =
            switch plan.entry.mode {
            case .chat: ("/completion", ["prompt": "ready", "n_predict": 1, "id_slot": 0, "cache_prompt": false])
            case .rerank: ("/v1/rerank", ["query": "ready", "documents": ["ready"]])
            case .embedding: ("/v1/embeddings", ["input": "ready"])
            }
        let response: HTTPResponse
        let answer: [UInt8]
        do {
            response = try await server.send("POST", path, body: body.bytes)
            answer = try await response.body.collect(upTo: 16 << 20)
        } catch let error as HTTPClientError {
            // A connection breaks before a process is reaped.
            let ending = try? await withTimeLimit(.seconds(2)) { try await self.endingOrCancellation() }
            throw failure(
                "the engine \(plan.executable) started and could not generate: \(ending?.summary ?? error.message)")
        }
        guard response.status == 200 else {
            let message = LlamaServer.error(status: response.status, body: answer).message
            throw failure("the engine \(plan.executable) started and could not generate: \(message)")
        }
        // It refuses where no states are kept; then a slot has a word in it that nobody asks for.
        if plan.entry.mode == .chat { try? await server.erase(slot: 0) }
    }

    /// The ending, for a task that can be cancelled.
    private func endingOrCancellation() async throws -> EngineEnding {
        while true {
            if let ending = course.ending.value { return ending }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// A draft that does not suit, or one without a kind, does not keep llama-server from starting: it goes on without.
    private func checkSpeculation(_ plan: LaunchPlan) async throws {
        guard plan.wantsSpeculation else { return }
        let kinds = plan.speculation.joined(separator: ", ")
        do {
            let slots = try await server.slots()
            guard slots.isEmpty || slots.contains(where: { !$0.isSpeculative }) else { return }
        } catch let refusal as LlamaServer.Refusal {
            throw failure("cannot tell whether the engine speculates: \(refusal)")
        }
        let reason = Self.reasonAgainstSpeculation(output.remembered)
        throw failure(
            "the engine does not speculate, although it was started to (\(kinds))\(reason.map { ": \($0)" } ?? "")")
    }

    /// The line that says why there is no speculation: the last one about it that sounds like a refusal.
    static func reasonAgainstSpeculation(_ lines: [String]) -> String? {
        let topics = ["specul", "draft", "vocab"]
        let refusals = ["not ", "fail", "error", "unable", "disab", "unsupported", "mismatch"]
        return lines.last { line in
            let words = line.lowercased()
            return topics.contains { words.contains($0) } && refusals.contains { words.contains($0) }
        }
    }
}
