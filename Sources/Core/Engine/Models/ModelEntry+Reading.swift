extension ModelEntry {
    /// The key of localcode.yaml that holds the models.
    public static let key = "models"

    /// The models of a file, in its order.
    /// - Parameters:
    ///   - directory: relative paths in the file start here.
    ///   - home: what a leading `~/` stands for.
    /// - Returns: what could be read, and everything that is wrong.
    public static func read(from file: ConfigurationFile, in directory: String, home: String?) -> (
        entries: [ModelEntry], problems: [ConfigurationProblem]
    ) {
        guard let written = file.entries.first(where: { $0.key == key }) else { return ([], []) }
        var reader = ModelReader(file: file.path, directory: directory, home: home)
        switch written.value {
        case .null: return ([], [])
        case .mapping(let models): return reader.read(models)
        case .scalar, .list, .nested:
            let problem = ConfigurationProblem(
                path: file.path, line: written.line, message: "invalid value for 'models': it takes a mapping",
                hint: "write 'NAME:' below it, and below that 'path: FILE'")
            return ([], [problem])
        }
    }
}

/// Reads the models of one file; each can be like another one, in whatever order they stand.
private struct ModelReader {
    let file: String
    let directory: String
    let home: String?
    private var models: [ConfigurationFile.Entry] = []
    private var problems: [ConfigurationProblem] = []

    init(file: String, directory: String, home: String?) {
        self.file = file
        self.directory = directory
        self.home = home
    }

    mutating func read(_ models: [ConfigurationFile.Entry]) -> ([ModelEntry], [ConfigurationProblem]) {
        self.models = models
        let entries = models.compactMap { model -> ModelEntry? in
            let reading = self.reading(of: model)
            problems += reading.problems
            return reading.entry.source == Self.nowhere ? nil : reading.entry.withTemplateBesideModel
        }
        checkNames(entries)
        return (entries, problems.sorted { ($0.line ?? 0) < ($1.line ?? 0) })
    }

    private static let nowhere = ModelEntry.Source.file("")

    private func reading(of model: ConfigurationFile.Entry) -> ModelReading {
        var reading = ModelReading(
            file: file, directory: directory, home: home, entry: ModelEntry(name: model.key, source: Self.nowhere))
        for ancestor in ancestors(of: model, &reading) {
            // What is wrong with another model is told there.
            let problems = reading.problems
            reading.apply(members(of: ancestor), to: ModelKey.all, of: "")
            reading.problems = problems
        }
        reading.entry.aliases = []
        applyOwn(model, &reading)
        return reading
    }

    private func applyOwn(_ model: ConfigurationFile.Entry, _ reading: inout ModelReading) {
        if !ModelKey.isName(model.key) {
            reading.problem(model.line, "'\(model.key)' is no name for a model: \(ModelKey.nameRule)")
        }
        guard case .mapping = model.value else {
            return reading.problem(
                model.line, "the model '\(model.key)' takes a mapping", hint: "write 'path: FILE' below it, indented")
        }
        let members = members(of: model)
        let sources = members.filter { ($0.key == "path" || $0.key == "hf") && $0.value != .null }
        if sources.count > 1 {
            reading.problem(sources[1].line, "the model '\(model.key)' has both path and hf")
        }
        reading.apply(members, to: ModelKey.all, of: "model '\(model.key)'")
        reading.checkTogether(members)
        // Of one that is like another it is told there.
        if sources.isEmpty, like(of: model) == nil {
            reading.problem(
                model.line, "the model '\(model.key)' has neither path nor hf", hint: "say where it is: 'path: FILE'")
        }
    }

    /// The models whose keys this one takes over, the furthest first.
    private func ancestors(of model: ConfigurationFile.Entry, _ reading: inout ModelReading) -> [ConfigurationFile
        .Entry]
    {
        var chain = [model]
        while let like = chain.last.flatMap(like), case .scalar(let name) = like.value {
            if name == model.key {
                reading.refuse("like", line: (self.like(of: model) ?? like).line, "it leads back to '\(name)'")
            }
            guard !chain.contains(where: { $0.key == name }) else { break }
            guard let next = models.first(where: { $0.key == name }) else {
                if chain.count == 1 { refuse(name, like, &reading) }
                break
            }
            chain.append(next)
        }
        if chain.count == 1, let like = like(of: model) { _ = reading.text(like) }
        return chain.dropFirst().reversed()
    }

    private func refuse(_ name: String, _ like: ConfigurationFile.Entry, _ reading: inout ModelReading) {
        let near = Spelling.nearest(to: name, among: models.map(\.key).filter { $0 != reading.entry.name })
        reading.refuse(
            "like", line: like.line, "there is no model '\(name)'", hint: near.map { "did you mean '\($0)'?" })
    }

    private func like(of model: ConfigurationFile.Entry) -> ConfigurationFile.Entry? {
        guard case .mapping(let members) = model.value else { return nil }
        return members.first { $0.key == "like" && $0.value != .null }
    }

    /// What a model says itself, without `like`.
    private func members(of model: ConfigurationFile.Entry) -> [ConfigurationFile.Entry] {
        guard case .mapping(let members) = model.value else { return [] }
        return members.filter { $0.key != "like" }
    }

    private static func clash(_ name: String, _ owner: String, _ entry: ModelEntry) -> String {
        guard owner == entry.name else { return "'\(name)' is a name of both '\(owner)' and '\(entry.name)'" }
        return name == owner
            ? "the alias '\(name)' is the model's own name" : "the model '\(owner)' has the alias '\(name)' twice"
    }

    /// Every name means one model.
    private mutating func checkNames(_ entries: [ModelEntry]) {
        var owners: [String: String] = [:]
        for entry in entries {
            for name in [entry.name] + entry.aliases {
                if let owner = owners.updateValue(entry.name, forKey: name) {
                    let line = models.first { $0.key == entry.name }?.line
                    problems.append(
                        ConfigurationProblem(
                            path: file, line: line,
                            message: Self.clash(name, owner, entry)))
                }
            }
        }
    }
}
