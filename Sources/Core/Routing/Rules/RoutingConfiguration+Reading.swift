extension RoutingConfiguration {
    /// The key of localcode.yaml that holds the rules.
    public static let key = "routing"

    /// What a file says about routing.
    public struct Reading: Sendable {
        public var configuration = RoutingConfiguration()
        /// Everything that is wrong.
        public var problems: [ConfigurationProblem] = []
        /// The models that it names, and where; a model may be unknown to this file, and yet known to an upstream.
        public var mentions: [Mention] = []
    }

    /// A place where a model is named.
    public struct Mention: Sendable, Equatable {
        public var model: String
        /// Counted from 1.
        public var line: Int
        /// The key and what it belongs to: `'use' of rule 'titles'`.
        public var place: String
    }

    /// The routing of a file.
    /// - Parameters:
    ///   - models: names and aliases of the file's models.
    ///   - directory: relative paths start here.
    ///   - home: what a leading `~/` stands for.
    public static func read(
        from file: ConfigurationFile, models: [String], in directory: String, home: String?
    ) -> Reading {
        guard let written = file.entries.first(where: { $0.key == key }), written.value != .null else {
            return Reading()
        }
        var reading = RoutingReading(file: file.path, directory: directory, home: home, models: models)
        guard case .mapping(let members) = written.value else {
            reading.problem(
                written.line, "invalid value for 'routing': it takes a mapping",
                hint: "'localcode config route-example' prints one")
            return Reading(problems: reading.problems)
        }
        var configuration = RoutingConfiguration()
        reading.apply(members, to: RoutingKeys.all, of: "routing", &configuration)
        return Reading(
            configuration: configuration, problems: reading.problems.sorted { ($0.line ?? 0) < ($1.line ?? 0) },
            mentions: reading.mentions)
    }
}

extension RoutingConfiguration.Reading {
    /// Mentions of models that nobody knows: none of the file's models, no virtual model, and none of GLM's. Where an engine is
    /// attached, they may be its.
    /// - Parameter models: names and aliases of the file's models.
    public func problems(withModels models: [String], path: String) -> [ConfigurationProblem] {
        let virtual = configuration.virtualModels.map(\.name)
        let known = Set(models + virtual)
        return mentions.filter { !known.contains($0.model) && !$0.model.lowercased().hasPrefix("glm-") }.map {
            mention in
            let near = Spelling.nearest(to: mention.model, among: models + virtual)
            return ConfigurationProblem(
                path: path, line: mention.line,
                message: "invalid value for \(mention.place): no model below 'models' is called '\(mention.model)'",
                hint: near.map { "did you mean '\($0)'?" }
                    ?? "name one of \((models + virtual).joined(separator: ", "))")
        }
    }
}
