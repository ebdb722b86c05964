/// One model of a localcode.yaml while it is read: what it has become so far, and what is wrong with it.
struct ModelReading: ConfigurationReading {
    /// The file as the user knows it.
    let file: String
    /// Relative paths start here.
    let directory: String
    /// What a leading `~/` stands for.
    let home: String?
    var entry: ModelEntry
    var problems: [ConfigurationProblem] = []

    /// Notes what is wrong with the value of a key.
    mutating func refuse(_ key: String, line: Int, _ message: String, hint: String?) {
        problem(line, "invalid value for '\(key)' of model '\(entry.name)': \(message)", hint: hint)
    }

    /// Notes a problem.
    mutating func problem(_ line: Int, _ message: String, hint: String? = nil) {
        problems.append(ConfigurationProblem(path: file, line: line, message: message, hint: hint))
    }

    /// Applies the members of a mapping in the order of the table: of two keys that say the same, the more exact one counts.
    mutating func apply(_ members: [ConfigurationFile.Entry], to keys: [ModelKey], of what: String) {
        for member in members where !keys.contains(where: { $0.name == member.key }) {
            let near = Spelling.nearest(to: member.key, among: keys.map(\.name))
            problem(
                member.line, "unknown key '\(member.key)' of \(what)",
                hint: near.map { "did you mean '\($0)'?" } ?? Self.hint(for: member.key))
        }
        for key in keys {
            guard let member = members.first(where: { $0.key == key.name }) else { continue }
            if case .null = member.value { key.reset(&self) } else { key.apply(member, &self) }
        }
    }

    /// Notes what no build of llama-server takes. What a model has from another one alone is told there.
    mutating func checkTogether(_ members: [ConfigurationFile.Entry]) {
        check(members, "speculation", "draft") { entry throws(LaunchProblem) in
            if entry.mode == .chat { _ = try LaunchPlanBuilder.speculationKinds(of: entry) }
        }
        check(members, "extra-arguments") { entry throws(LaunchProblem) in
            _ = try LaunchPlanBuilder.extraFlags(of: entry)
        }
    }

    private mutating func check(
        _ members: [ConfigurationFile.Entry], _ keys: String..., by check: (ModelEntry) throws(LaunchProblem) -> Void
    ) {
        guard let member = members.first(where: { keys.contains($0.key) }) else { return }
        do {
            try check(entry)
        } catch {
            refuse(member.key, line: member.line, error.message, hint: error.hint)
        }
    }

    private static func hint(for key: String) -> String? {
        key == "<<" ? "name another model with 'like' to have its keys" : nil
    }

    // MARK: Shapes of values

    /// Files with the factor they count with: a mapping from file to factor, or a list of files.
    mutating func scaled(_ member: ConfigurationFile.Entry) -> [ModelEntry.Scaled]? {
        guard case .mapping(let members) = member.value else {
            return texts(member)?.map { ModelEntry.Scaled(path: resolve($0.text)) }
        }
        return members.compactMap { file in
            guard case .scalar(let text) = file.value, let scale = ModelKey.number(text) else {
                refuse(member.key, line: file.line, "the scale of \(file.key) is not a number")
                return nil
            }
            return ModelEntry.Scaled(path: resolve(file.key), scale: scale)
        }
    }

    /// A path as the engine gets it.
    func resolve(_ path: String) -> String { ConfigurationFile.resolve(path, in: directory, home: home) }
}
