import LocalCodeCore

extension ConfigurationFile {
    /// The keys that are no options.
    static let otherKeys = [ModelEntry.key, RoutingConfiguration.key]

    /// What the file says about these options, and everything that is wrong with it; models and routing are somebody else's
    /// business.
    /// - Parameters:
    ///   - directory: relative paths in the file start here.
    ///   - home: what a leading `~/` stands for.
    func settings(
        for options: [Option], in directory: String, home: String?
    ) -> (settings: [String: Setting], problems: [ConfigurationProblem]) {
        var settings: [String: Setting] = [:]
        var problems: [ConfigurationProblem] = []
        for entry in entries where !Self.otherKeys.contains(entry.key) {
            guard let option = options.first(where: { $0.name == entry.key }) else {
                problems.append(unknown(entry, options))
                continue
            }
            do {
                let values = try self.values(of: entry, for: option)
                guard !values.isEmpty else { continue }
                settings[option.name] = Setting(
                    values: values.map { option.isPath ? Self.resolve($0, in: directory, home: home) : $0 },
                    source: .file(path: path, line: entry.line))
            } catch {
                problems.append(error)
            }
        }
        return (settings, problems)
    }

    private func unknown(_ entry: Entry, _ options: [Option]) -> ConfigurationProblem {
        let near = Spelling.nearest(to: entry.key, among: options.map(\.name) + Self.otherKeys)
        return ConfigurationProblem(
            path: path, line: entry.line, message: "unknown key '\(entry.key)'",
            hint: near.map { "did you mean '\($0)'?" })
    }

    private func values(of entry: Entry, for option: Option) throws(ConfigurationProblem) -> [String] {
        switch entry.value {
        case .null:
            return []
        case .scalar(let text):
            return text.isEmpty && !option.repeats ? [] : [try checked(text, entry.line, option)]
        case .list(let items):
            guard option.repeats else {
                throw problem(entry.line, option, "a list, but it takes one value")
            }
            var values: [String] = []
            for item in items { values.append(try checked(item.text, item.line, option)) }
            return values
        case .nested, .mapping:
            throw problem(
                entry.line, option, "a mapping, but it takes \(option.repeats ? "a list of values" : "one value")")
        }
    }

    private func checked(_ text: String, _ line: Int, _ option: Option) throws(ConfigurationProblem) -> String {
        do {
            return try option.checked(text)
        } catch {
            throw problem(line, option, error.message, hint: error.hint)
        }
    }

    private func problem(_ line: Int, _ option: Option, _ message: String, hint: String? = nil) -> ConfigurationProblem
    {
        ConfigurationProblem(
            path: path, line: line, message: "invalid value for '\(option.name)': \(message)", hint: hint)
    }
}

extension Option {
    /// Whether the values are paths of files or directories.
    var isPath: Bool { completion == .file || completion == .directory }
}
