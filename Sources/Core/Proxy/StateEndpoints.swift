extension Exchange {
    /// GET /localcode/slots
    func listSlots() async throws {
        try await control(model: queryValue("model"), loads: false) { try await $0.reportJSON() }
    }

    /// POST /localcode/state/save
    func saveState() async throws {
        let body = try json()
        let name = try stateName(body)
        try await control(model: body["model"]?.string, loads: false) { pool in
            try await pool.saveJSON(name: name, slot: body["slot"]?.int, conversation: body["conversation"]?.string)
        }
    }

    /// POST /localcode/state/load
    func loadState() async throws {
        let body = try json()
        let name = try stateName(body)
        try await control(model: body["model"]?.string, loads: true) { pool in
            try await pool.loadJSON(name: name, slot: body["slot"]?.int)
        }
    }

    /// POST /localcode/cache/warm: the body is a chat request.
    func warmCache() async throws {
        let chat = try Stabilisers.beginning(
            try await engineChat(), enabled: proxy.backends.routes.configuration.stabilisers)
        try await control(model: chat.model, loads: true) { pool in
            try await pool.warmJSON(chat, model: chat.model ?? "")
        }
    }

    private func stateName(_ body: JSONView) throws(APIError) -> String {
        guard let name = body["name"]?.string, !name.isEmpty else {
            throw .invalid("name", "'name' is missing: the state's name")
        }
        return name
    }

    /// - Parameters:
    ///   - model: nil: the default one.
    ///   - loads: whether its engine is started for this; otherwise it has to run.
    private func control(
        model: String?, loads: Bool, _ work: (SlotPool) async throws -> JSONValue
    ) async throws {
        let choice = await engineChoice(model: model)
        if !loads, case .model(let name) = choice {
            guard let engine = await proxy.backends.running(choice) else {
                throw APIError(
                    status: 409, message: "the model '\(name)' is not loaded: it has no slots", code: "not_loaded")
            }
            // Whoever only looks does not keep it from being stopped.
            return try await control(engine, work)
        }
        let use = try await proxy.backends.use(choice)
        do {
            try await control(use.engine, work)
        } catch {
            await use.release()
            throw error
        }
        await use.release()
    }

    private func control(_ engine: RunningEngine, _ work: (SlotPool) async throws -> JSONValue) async throws {
        guard let pool = engine.slots else {
            throw APIError(
                status: 501, message: "this LocalCode keeps no KV states: it was started with --no-cache",
                code: "no_cache")
        }
        do {
            let value = try await work(pool)
            try await send(value.bytes)
            note(status: 200)
        } catch let error as SlotPool.ControlError {
            throw APIError(status: 409, message: error.description, code: "state_error")
        } catch is SlotPool.Ended {
            throw APIError(status: 503, message: "the engine has just ended: try again", code: "engine_ended")
        } catch let error as LlamaServer.Refusal {
            throw LlamaServer.error(status: error.status == 0 ? 502 : error.status, body: error.json)
        } catch let error as StateStoreError {
            throw APIError(status: 500, message: "the store of states: \(error)", code: "state_error")
        }
    }
}

extension LlamaServer.Refusal {
    fileprivate var json: [UInt8] {
        let object: JSONValue = ["error": ["message": .string(message)]]
        return object.bytes
    }
}
