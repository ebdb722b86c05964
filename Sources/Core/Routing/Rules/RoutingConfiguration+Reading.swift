extension RoutingConfiguration {
    /// The key of localcode.yaml that holds the rules.
    public static let key = "routing"

    /// What a file says about routing.
    public struct Reading: Sendable {
        public var configuration = RoutingConfiguration()
        /// Everything that is wrong.
        public var problems: [ConfigurationProblem] = []
        /// What has no effect, though everything else works.
        public var doubts: [ConfigurationProblem] = []
        /// The models that it names, and where; a model may be unknown to this file, and yet known to an upstream.
        public var mentions: [Mention] = []
        /// The directories that it names.
        public var directories: [Mention] = []
        /// The patterns of names of models that are private.
        public var patterns: [Mention] = []
    }

    /// A place where a model or a directory is named.
    public struct Mention: Sendable, Equatable {
        /// What a model is named for.
        public enum Role: Sendable {
            /// Any that answers, a virtual one as well.
            case any
            /// One that can be asked.
            case model
            /// One that can be asked without leaving this machine.
            case local
        }

        public var name: String
        public var role = Role.any
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
            doubts: reading.doubts, mentions: reading.mentions, directories: reading.directories,
            patterns: reading.patterns)
    }
}
