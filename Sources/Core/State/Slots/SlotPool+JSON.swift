/// The control functions in JSON, as `serve` offers them and as commands print them.
extension SlotPool {
    /// `{"engine":{"fingerprint","model","components"},"slots":[{"id","state","tokens","key","base","title","dirty","kept"}],
    /// "waiting":{"main":1}}`
    public func reportJSON() async throws -> JSONValue {
        let (identity, slots) = try await report()
        var waiting = JSONObject()
        for lane in RequestLane.allCases {
            let count = queue.order.count { $0.lane == lane }
            if count > 0 { waiting[lane.rawValue] = .number(count) }
        }
        return [
            "engine": [
                "fingerprint": .string(identity.fingerprint.digest.hex), "model": .string(identity.model),
                "durable": .bool(identity.isDurable), "components": identity.fingerprint.json,
            ],
            "slots": .array(slots.map(\.json)), "waiting": .object(waiting),
        ]
    }

    /// `{"slot","entry":{…}}`
    public func saveJSON(name: String, slot: Int?, conversation: String?) async throws -> JSONValue {
        let entry = try await save(named: name, slot: slot, conversation: conversation)
        return ["entry": entry.summaryJSON]
    }

    /// `{"slot","tokens","ms"}`
    public func loadJSON(name: String, slot: Int?) async throws -> JSONValue {
        let identity = try await report().identity
        let entry = try await namedEntry(name, identity)
        let loaded = try await load(entry, slot: slot)
        return [
            "slot": .number(loaded.slot), "tokens": .number(entry.tokens),
            "ms": .number((loaded.milliseconds * 1000).rounded() / 1000),
        ]
    }

    /// `{"tokens","bytes","seconds","was_there","verified":true,"key","entries":[…]}`, the outer figures those of the deepest.
    public nonisolated func warmJSON(_ chat: ChatRequest, model: String) async throws -> JSONValue {
        let warmed = try await warm(chat, model: model)
        guard let last = warmed.last else { throw ControlError(description: "nothing was kept") }
        return [
            "tokens": .number(last.entry.tokens), "bytes": .number(warmed.reduce(0) { $0 + $1.entry.fileBytes }),
            "seconds": .number(warmed.reduce(0) { $0 + $1.seconds }),
            "was_there": .bool(warmed.allSatisfy(\.wasThere)), "verified": true,
            "key": .string(last.entry.key.hex), "entries": .array(warmed.map(\.entry.summaryJSON)),
        ]
    }

    private func namedEntry(_ name: String, _ identity: EngineIdentity) async throws -> StateEntry {
        let digest = identity.fingerprint.digest
        let (entry, others) = try await work.run { [store] () -> (StateEntry?, [StateEntry]) in
            if let entry = try store.entry(named: name, fingerprint: digest) { return (entry, []) }
            return (nil, try store.entries().filter { $0.kind == .named && $0.name == name })
        }
        if let entry { return entry }
        guard let other = others.first else { throw ControlError(description: "there is no state '\(name)'") }
        let components = await work.run { [store] in (try? store.engine(other.fingerprint))?.components }
        let differences = components.map { identity.fingerprint.differences(from: $0) } ?? []
        let list = differences.map { "\($0.name): \($0.ours ?? "none") here, \($0.theirs ?? "none") there" }
        throw ControlError(
            description: "the state '\(name)' belongs to another engine: \(other.fingerprint.hex), and this one is "
                + digest.hex + (list.isEmpty ? "" : "; " + list.joined(separator: "; ")))
    }
}

extension SlotPool.SlotReport {
    fileprivate var json: JSONValue {
        var object = JSONObject()
        object["id"] = .number(id)
        object["state"] = .string(state)
        object["tokens"] = .number(tokens)
        object["key"] = key.map { .string($0.hex) }
        object["base"] = base.map { .string($0.hex) }
        object["title"] = .string(title)
        object["dirty"] = .bool(isDirty)
        object["kept"] = .bool(isKept)
        return .object(object)
    }
}

extension StateEntry {
    /// What a listing says of it.
    public var summaryJSON: JSONValue {
        var object = JSONObject()
        object["id"] = .number(Int(id))
        object["key"] = .string(key.hex)
        object["fingerprint"] = .string(fingerprint.hex)
        object["kind"] = .string(kind.rawValue)
        object["name"] = name.map { .string($0) }
        object["model"] = .string(model)
        object["title"] = .string(title)
        object["tokens"] = .number(tokens)
        object["bytes"] = .number(fileBytes)
        return .object(object)
    }
}
