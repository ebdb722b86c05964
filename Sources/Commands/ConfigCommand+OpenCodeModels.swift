import LocalCodeCore

/// The models that OpenCode is told about.
struct OpenCodeModels: Equatable {
    /// One of them.
    struct Model: Equatable {
        /// The name in requests.
        var id: String
        /// The name in OpenCode's file and its `provider/model` references: lower case, no dots.
        var key = ""
        /// Other names of it.
        var aliases: [String] = []
        /// Tokens of prompt and answer together; nil where nobody knows.
        var context: Int?
        /// The most tokens of an answer.
        var output: Int?
        var seesImages = false
        var reasons = false

        func isCalled(_ name: String) -> Bool { id == name || aliases.contains(name) }
    }

    /// At least one.
    let all: [Model]
    /// The one to use.
    let main: Model
    /// The one for titles.
    let small: Model

    /// Those of a proxy that runs.
    /// - Parameters:
    ///   - list: what its GET /v1/models says.
    ///   - slots: the context of one slot of the engines that run, by the model's name.
    ///   - model: the default model of the settings.
    ///   - context: what holds where nothing better is known.
    init(list: JSONValue, slots: [String: Int], model: String, context: Int?) {
        var models = Self.entries(list).compactMap { Self.model($0, slots) }
        // A model with neither limits nor an engine's description is a name for one of the others.
        if models.contains(where: { $0.context != nil }) { models.removeAll { $0.context == nil } }
        self.init(models, model: model, context: context)
    }

    /// Those of the configuration.
    /// - Parameter model: the default model of the settings; one of GLM's is listed with those that are configured.
    init(configured entries: [ModelEntry], model: String, context: Int?) {
        var models = entries.filter { $0.mode == .chat }.map(Self.model)
        if model.hasPrefix("glm-"), !models.contains(where: { $0.isCalled(model) }) { models.append(Self.known(model)) }
        self.init(models, model: model, context: context)
    }

    private init(_ models: [Model], model: String, context: Int?) {
        var models = models.isEmpty ? [Self.known(model)] : models
        for index in models.indices {
            models[index].context = models[index].context ?? context
            models[index].key = Self.key(models[index].id, taken: models[..<index].map(\.key))
        }
        all = models
        let main = models.first { $0.isCalled(model) } ?? models[0]
        self.main = main
        // The smaller model of the same plan; a local engine has one model, and another would push it out.
        small = main.id.hasPrefix("glm-") ? models.first { $0.id == "glm-4.5-air" } ?? main : main
    }

    // MARK: - What is known of one

    /// The models of an answer to GET /v1/models that hold conversations.
    private static func entries(_ list: JSONValue) -> [JSONValue] {
        (list["data"]?.array ?? []).filter { entry in
            entry["mode"]?.string.map { $0 == ModelEntry.Mode.chat.rawValue } ?? true
        }
    }

    /// The models whose engines run and describe themselves.
    static func running(_ list: JSONValue) -> [String] {
        entries(list).compactMap { entry in entry["meta"]?.object == nil ? nil : entry["id"]?.string }
    }

    private static func model(_ entry: JSONValue, _ slots: [String: Int]) -> Model? {
        guard let id = entry["id"]?.string, !id.isEmpty else { return nil }
        let told = entry["context_window"]?.int
        let inputs = entry["architecture"]?["input_modalities"]?.array
        var model: Model
        if let meta = entry["meta"], meta.object != nil {
            // An engine's own: the list tells the context of the model, /props that of one slot.
            model = Model(id: id)
            model.context = [told, meta["n_ctx"]?.int, slots[id]].compactMap { $0 }.filter { $0 > 0 }.min()
        } else {
            // The limits are the proxy's word alone: a name of GLM's may stand for the engine's model here.
            model = known(id)
            model.context = told.flatMap { $0 > 0 ? $0 : nil }
            model.output = entry["max_output_tokens"]?.int
        }
        model.aliases = (entry["aliases"]?.array ?? []).compactMap(\.string)
        if let inputs { model.seesImages = inputs.contains { $0.string == "image" } }
        return model
    }

    private static func model(_ entry: ModelEntry) -> Model {
        var model = Model(id: entry.name, aliases: entry.aliases)
        model.seesImages = entry.projector != nil
        model.context = entry.context ?? EngineLoad.context
        if model.context == 0 {
            // As much as the model has, which its file tells.
            model.context = nil
            if case .file(let path) = entry.source {
                model.context = (try? ModelHeader.read(path: path))?.contextLength
            }
        }
        return model
    }

    /// What is known about a model of the GLM API; of all others the name.
    private static func known(_ id: String) -> Model {
        guard let glm = GLMModels.all.first(where: { $0.id == id }) else { return Model(id: id) }
        return Model(
            id: id, context: glm.contextTokens, output: glm.maxOutputTokens, seesImages: glm.vision,
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
