import LocalCodeCore

extension StateService {
    /// A llama-server that nobody stands in front of.
    static func engine(url: String, _ invocation: Invocation, _ client: HTTPClient) async throws -> StateService {
        let server = LlamaServer(.init(url: url, apiKey: invocation["engine-key"]), client: client)
        if let problem = await server.problem() { throw Failure(problem) }
        guard let directory = invocation["slot-dir"] else {
            throw Failure(
                "the states of \(server.address.name) cannot be seen from here",
                hint: "name the directory it was given with --slot-save-path: --slot-dir DIR")
        }
        let error = invocation.context.error
        let store = try CacheStore.open(invocation)
        let exchange = try CacheStore.reporting {
            try store.exchange(directory: CacheStore.absolute(directory, invocation.context))
        }
        let pool = SlotPool(
            server: server, source: .attached(id: invocation["engine-id"]), store: store, exchange: exchange
        ) { note in
            if note.isWarning { try? error.write("localcode: note: \(note.text)\n") }
        }
        if invocation["engine-id"] == nil {
            try error.write(
                "localcode: note: without --engine-id TEXT these states are for the server's current run only\n")
        }
        return StateService(
            name: "the llama-server at \(server.address.name)",
            slots: { try await failing { try await pool.reportJSON() } },
            save: { name, slot, conversation in
                try await failing { try await pool.saveJSON(name: name, slot: slot, conversation: conversation) }
            },
            load: { name, slot in try await failing { try await pool.loadJSON(name: name, slot: slot) } },
            warm: { body in
                try await failing {
                    let chat = try ChatRequest(JSONView(validating: body), kind: .chat)
                    return try await pool.warmJSON(chat, model: chat.model ?? "")
                }
            },
            close: { await pool.close() })
    }

    private static func failing(_ work: () async throws -> JSONValue) async throws -> JSONValue {
        do {
            return try await work()
        } catch let error as SlotPool.ControlError {
            throw Failure(error.description)
        } catch let error as APIError {
            throw Failure(error.message)
        } catch let error as LlamaServer.Refusal {
            throw Failure(error.message)
        } catch let error as HTTPClientError {
            throw Failure(error.message)
        } catch let error as StateStoreError {
            throw CacheStore.failure(error)
        }
    }
}
