/// The routing of a localcode.yaml while it is read: what is wrong with it, and which models it names.
struct RoutingReading: ConfigurationReading {
    /// The file as the user knows it.
    let file: String
    /// Relative paths start here.
    let directory: String
    /// What a leading `~/` stands for.
    let home: String?
    /// Names and aliases of the file's models.
    let models: [String]
    var problems: [ConfigurationProblem] = []
    var doubts: [ConfigurationProblem] = []
    var mentions: [RoutingConfiguration.Mention] = []
    var directories: [RoutingConfiguration.Mention] = []
    var patterns: [RoutingConfiguration.Mention] = []
    /// What the keys that are read belong to: `routing`, `rule 'titles'`.
    private var owner = ""

    init(file: String, directory: String, home: String?, models: [String]) {
        self.file = file
        self.directory = directory
        self.home = home
        self.models = models
    }

    mutating func refuse(_ key: String, line: Int, _ message: String, hint: String?) {
        problem(line, "invalid value for '\(key)' of \(owner): \(message)", hint: hint)
    }

    /// Notes a problem.
    mutating func problem(_ line: Int, _ message: String, hint: String? = nil) {
        problems.append(ConfigurationProblem(path: file, line: line, message: message, hint: hint))
    }

    /// Notes what has no effect, though everything else works.
    mutating func doubt(_ line: Int, _ message: String, hint: String) {
        doubts.append(ConfigurationProblem(path: file, line: line, message: message, hint: hint))
    }

    /// Reads the members of a mapping into a value.
    /// - Parameter owner: what the members belong to.
    mutating func apply<Target>(
        _ members: [ConfigurationFile.Entry], to keys: [RoutingKey<Target>], of owner: String, _ target: inout Target
    ) {
        let outer = self.owner
        self.owner = owner
        defer { self.owner = outer }
        for member in members where member.value != .null {
            guard let key = keys.first(where: { $0.name == member.key }) else {
                let near = Spelling.nearest(to: member.key, among: keys.map(\.name))
                problem(
                    member.line, "unknown key '\(member.key)' of \(owner)", hint: near.map { "did you mean '\($0)'?" })
                continue
            }
            key.read(member, &self, &target)
        }
    }

    /// The names of models; one name is a list of one.
    mutating func modelNames(_ member: ConfigurationFile.Entry, of key: String? = nil) -> [String] {
        (texts(member) ?? []).map { item in
            mention(item.text, line: item.line, key ?? member.key)
            return item.text
        }
    }

    /// Takes note of a model that is named.
    mutating func mention(_ model: String, line: Int, _ key: String, as role: RoutingConfiguration.Mention.Role = .any)
    {
        guard !model.contains("*") else {
            return refuse(
                key, line: line, "'\(model)' is a pattern, but it takes a name",
                hint: "name each model; patterns are for 'when' and 'privacy'")
        }
        mentions.append(.init(name: model, role: role, line: line, place: "'\(key)' of \(owner)"))
    }

    /// Takes note of a pattern of models' names.
    mutating func note(pattern: ConfigurationFile.Item, _ key: String) {
        patterns.append(.init(name: pattern.text, line: pattern.line, place: "'\(key)' of \(owner)"))
    }

    /// The directories of a list. One that can be that of no project is refused: what it should protect would not be protected.
    mutating func directories(_ member: ConfigurationFile.Entry) -> [String] {
        (texts(member) ?? []).compactMap { item in
            // As a client on Windows tells it.
            let isDrive = item.text.dropFirst().hasPrefix(":")
            let path = isDrive ? item.text : ConfigurationFile.resolve(item.text, in: directory, home: home)
            if item.text.isEmpty {
                refuse(member.key, line: item.line, "nothing, but it takes a directory")
            } else if item.text.contains("*") {
                refuse(
                    member.key, line: item.line, "'\(item.text)' is a pattern, but it takes a directory",
                    hint: "all that lies in a directory counts with it")
            } else if item.text.hasPrefix("~"), path.hasSuffix("/\(item.text)") {
                refuse(
                    member.key, line: item.line, "whose home '\(item.text)' means is not known",
                    hint: "write the path from '/' on")
            } else {
                if !isDrive {
                    directories.append(.init(name: path, line: item.line, place: "'\(member.key)' of \(owner)"))
                }
                return path
            }
            return nil
        }
    }
}
