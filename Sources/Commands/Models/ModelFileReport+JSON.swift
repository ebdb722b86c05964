import LocalCodeCore

extension ModelFileReport {
    var json: JSONValue {
        let memory = header.memory
        var object: JSONObject = [:]
        object["path"] = .string(header.path)
        object["parts"] = .number(header.partCount)
        object["digest"] = .string(digest.hex)
        object["name"] = Self.text(header.name)
        object["kind"] = .string(header.kind.rawValue)
        object["architecture"] = .string(header.architecture)
        object["quantisation"] = Self.text(header.quantisation)
        object["parameters"] = .number(header.parameterCount)
        object["tensors"] = .number(header.tensors.count)
        object["tensor_bytes"] = .number(header.tensorBytes)
        object["file_bytes"] = .number(header.fileBytes)
        object["context"] = Self.number(header.contextLength)
        object["layers"] = [
            "count": .number(header.layerCount), "width": .number(header.embeddingLength),
            "full": .number(memory.full.count), "windowed": .number(memory.windowed.count),
            "window": Self.number(memory.window), "recurrent": .number(memory.recurrent.count),
        ]
        object["heads"] = [
            "count": .number(header.headCount), "keys": .array(header.keyHeadCounts.map { .number($0) }),
            "key_length": .number(header.keyLength), "value_length": .number(header.valueLength),
        ]
        object["experts"] = ["count": .number(header.expertCount), "used": .number(header.expertsUsed)]
        object["vocabulary"] = header.vocabulary.map(Self.json) ?? .null
        object["chat_template"] = Self.text(header.chatTemplate)
        // Parts for other models are of no use by themselves.
        object["kv_types"] = isModel ? kvTypes : .null
        object["memory"] = isModel ? estimateJSON : .null
        object["note"] = isModel ? Self.text(note) : .null
        return .object(object)
    }

    private static func json(_ vocabulary: Vocabulary) -> JSONValue {
        var infill: JSONObject = [:]
        for kind in Vocabulary.Infill.allCases { infill[kind.rawValue] = number(vocabulary.infill[kind]) }
        return [
            "kind": text(vocabulary.kind?.rawValue), "model": .string(vocabulary.model),
            "pre": text(vocabulary.preTokenizer), "size": .number(vocabulary.size),
            "adds_bos": .bool(vocabulary.addsBeginning), "adds_eos": .bool(vocabulary.addsEnd),
            "bos": number(vocabulary.beginning), "eos": number(vocabulary.end), "fim": .object(infill),
        ]
    }

    /// Bytes of a token for the types that fit.
    private var kvTypes: JSONValue {
        var object: JSONObject = [:]
        for type in EngineLoad.offeredTypes where header.refusal(keyType: type, valueType: type) == nil {
            object[type] = [
                "token": .number(header.kvBytesPerToken(key: type, value: type) ?? 0),
                "window_token": .number(header.windowBytesPerToken(key: type, value: type) ?? 0),
            ]
        }
        return .object(object)
    }

    private var estimateJSON: JSONValue {
        let estimate = MemoryEstimate.of(header, load)
        return [
            "context": .number(load.context), "slots": .number(load.slots), "type_k": .string(load.keyType),
            "type_v": .string(load.valueType), "weights": .number(estimate.weights),
            "repacked": .number(estimate.repacked), "kv": .number(estimate.kv),
            "recurrent": .number(estimate.recurrent), "compute": .number(estimate.compute),
            "base": .number(estimate.base), "checkpoints": .number(estimate.checkpoints),
            "total": .number(estimate.total),
        ]
    }

    private static func text(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }

    private static func number(_ number: Int?) -> JSONValue { number.map { .number($0) } ?? .null }
}
