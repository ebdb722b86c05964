import LocalCodeCore

/// One opencode.json for OpenCode 1, which reads `provider`, and OpenCode 2, which reads `providers`.
struct OpenCodeFile {
    /// The variable that OpenCode takes the proxy's key from.
    static let keyVariable = "LOCALCODE_API_KEY"

    let baseURL: String
    let hasKey: Bool
    let models: OpenCodeModels

    var json: JSONValue {
        var file: JSONObject = [
            "$schema": "https://opencode.ai/config.json",
            "model": .string("localcode/\(models.main.key)"),
            "small_model": .string("localcode/\(models.small.key)"),
            "provider": ["localcode": provider],
            "providers": ["localcode": providerOfVersion2],
            "agents": ["title": ["model": .string("localcode/\(models.small.key)")]],
        ]
        // OpenCode 2 keeps 20,000 tokens free by default and would compact a small context after every step.
        if let context = models.main.context, context <= 1 << 16 {
            file["compaction"] = ["auto": true, "prune": false, "buffer": .number(context / 8)]
        }
        return .object(file)
    }

    private var provider: JSONValue {
        [
            "npm": "@ai-sdk/openai-compatible",
            "name": "LocalCode",
            "options": connection(["headers": ["x-localcode-client": "opencode-v1"]]),
            "models": modelTable { model in
                var object: JSONObject = ["id": .string(model.id), "name": .string(model.id), "tool_call": true]
                object["reasoning"] = .bool(model.reasons)
                object["attachment"] = .bool(model.seesImages)
                object["temperature"] = false
                object["interleaved"] = ["field": "reasoning_content"]
                object["modalities"] = ["input": inputs(model), "output": ["text"]]
                object["limit"] = limit(model)
                return object
            },
        ]
    }

    private var providerOfVersion2: JSONValue {
        [
            "name": "LocalCode",
            "package": "@opencode/ai/providers/openai-compatible",
            "settings": connection([:]),
            "headers": ["x-localcode-client": "opencode-v2"],
            "models": modelTable { model in
                var object: JSONObject = ["modelID": .string(model.id), "name": .string(model.id)]
                object["capabilities"] = ["tools": true, "input": inputs(model), "output": ["text"]]
                object["compatibility"] = [
                    "reasoningField": "reasoning_content", "maxTokensField": "max_tokens", "supportsStore": false,
                    "supportsStrictMode": false, "supportsPromptCacheKey": true,
                ]
                object["limit"] = limit(model)
                return object
            },
        ]
    }

    /// Where the proxy is. A local model may read a prompt for minutes, so nothing may run out; `chunkTimeout` is left out, as
    /// OpenCode before 1.18.27 refuses `false` for it, and the proxy is never silent that long.
    private func connection(_ more: JSONObject) -> JSONValue {
        var object: JSONObject = ["baseURL": .string(baseURL)]
        if hasKey { object["apiKey"] = .string("{env:\(Self.keyVariable)}") }
        for (key, value) in more { object[key] = value }
        object["timeout"] = false
        object["headerTimeout"] = false
        return .object(object)
    }

    private func modelTable(_ row: (OpenCodeModels.Model) -> JSONObject) -> JSONValue {
        var table = JSONObject()
        for model in models.all { table[model.key] = .object(row(model)) }
        return .object(table)
    }

    private func inputs(_ model: OpenCodeModels.Model) -> JSONValue { model.seesImages ? ["text", "image"] : ["text"] }

    /// OpenCode compacts when the context less the output is full; without an output it assumes 32,000 tokens.
    private func limit(_ model: OpenCodeModels.Model) -> JSONValue? {
        model.context.map { context in
            ["context": .number(context), "output": .number(model.output ?? min(8192, max(1, context / 4)))]
        }
    }
}
