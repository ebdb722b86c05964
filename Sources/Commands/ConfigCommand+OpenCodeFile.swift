import LocalCodeCore

/// The models that OpenCode is told about.
struct OpenCodeModels: Equatable {
    /// One of them.
    struct Model: Equatable {
        /// The name in requests.
        var id: String
        /// The name in OpenCode's file and its `provider/model` references: lower case, no dots.
        var key: String
        /// Tokens of prompt and answer together; nil where nobody knows.
        var context: Int?
        /// The most tokens of an answer.
        var output: Int?
        var seesImages = false
        var reasons = false
    }

    /// At least one.
    var all: [Model]
    /// The one to use.
    var main: Model
    /// The one for titles.
    var small: Model

    /// - Parameters:
    ///   - list: what GET /v1/models of the proxy says; nil where there is no proxy.
    ///   - props: what GET /props of its engine says.
    ///   - model: the default model of the settings.
    ///   - context: what holds where nothing better is known.
    init(list: JSONValue?, props: JSONValue?, model: String, context: Int?) {
        let slot = props?["default_generation_settings"]?["n_ctx"]?.int
        var models = (list?["data"]?.array ?? []).compactMap { Self.model($0, slot: slot) }
        // A model with neither limits nor an engine's description is a name for one of the others.
        if models.contains(where: { $0.context != nil }) { models.removeAll { $0.context == nil } }
        if models.isEmpty { models = [Self.known(model)] }
        for index in models.indices {
            models[index].context = models[index].context ?? context
            models[index].key = Self.key(models[index].id, taken: models[..<index].map(\.key))
        }
        all = models
        let main = models.first { $0.id == model } ?? models[0]
        self.main = main
        // The smaller model of the same plan; a local engine has one model, and another would push it out.
        small = main.id.hasPrefix("glm-") ? models.first { $0.id == "glm-4.5-air" } ?? main : main
    }

    private static func model(_ entry: JSONValue, slot: Int?) -> Model? {
        guard let id = entry["id"]?.string, !id.isEmpty else { return nil }
        if let meta = entry["meta"], meta.object != nil {
            // An engine's own: the list tells the context of the model, /props that of one slot.
            var model = Model(id: id, key: "")
            model.context = [meta["n_ctx"]?.int, slot].compactMap { $0 }.filter { $0 > 0 }.min()
            let inputs = entry["architecture"]?["input_modalities"]?.array ?? []
            model.seesImages = inputs.contains { $0.string == "image" }
            return model
        }
        // The limits are the proxy's word alone: a name of GLM's may stand for the engine's model here.
        var model = known(id)
        model.context = entry["context_window"]?.int
        model.output = entry["max_output_tokens"]?.int
        return model
    }

    /// What is known about a model of the GLM API; of all others the name.
    private static func known(_ id: String) -> Model {
        guard let glm = GLMModels.all.first(where: { $0.id == id }) else { return Model(id: id, key: "") }
        return Model(
            id: id, key: "", context: glm.contextTokens, output: glm.maxOutputTokens, seesImages: glm.vision,
            reasons: glm.thinking != .none)
    }

    /// OpenCode's ids are case-sensitive, and it treats some words in them specially: "opencode" at the start and the names of
    /// hosted providers anywhere.
    private static func key(_ id: String, taken: [String]) -> String {
        var key = String(id.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" })
        for word in ["zhipuai", "zai", "anthropic", "claude", "opencode"] { key = key.replacing(word, with: "") }
        key = key.split(separator: "-").joined(separator: "-")
        if key.isEmpty { key = "model" }
        guard taken.contains(key) else { return key }
        return (2...).lazy.map { "\(key)-\($0)" }.first { !taken.contains($0) } ?? key
    }
}

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
