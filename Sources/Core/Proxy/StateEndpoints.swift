extension Exchange {
    /// GET /localcode/slots
    func listSlots() async throws {
        let pool = try pool()
        try await control { try await pool.reportJSON() }
    }

    /// POST /localcode/state/save
    func saveState() async throws {
        let (pool, body) = (try pool(), try json())
        let name = try stateName(body)
        try await control {
            try await pool.saveJSON(name: name, slot: body["slot"]?.int, conversation: body["conversation"]?.string)
        }
    }

    /// POST /localcode/state/load
    func loadState() async throws {
        let (pool, body) = (try pool(), try json())
        let name = try stateName(body)
        try await control { try await pool.loadJSON(name: name, slot: body["slot"]?.int) }
    }

    /// POST /localcode/cache/warm: the body is a chat request.
    func warmCache() async throws {
        let pool = try pool()
        let chat = try ChatRequest(json(), kind: .chat)
        try await control { try await pool.warmJSON(chat, model: chat.model ?? "") }
    }

    private func stateName(_ body: JSONView) throws(APIError) -> String {
        guard let name = body["name"]?.string, !name.isEmpty else {
            throw .invalid("name", "'name' is missing: the state's name")
        }
        return name
    }

    private func pool() throws(APIError) -> SlotPool {
        _ = try engine()
        guard let pool = proxy.backends.slots else {
            throw APIError(
                status: 501, message: "this LocalCode keeps no KV states: it was started with --no-cache",
                code: "no_cache")
        }
        return pool
    }

    private func control(_ work: () async throws -> JSONValue) async throws {
        do {
            let value = try await work()
            try await send(value.bytes)
            note(status: 200)
        } catch let error as SlotPool.ControlError {
            throw APIError(status: 409, message: error.description, code: "state_error")
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
