import LocalCodeCore

extension SettingsLoader.Content {
    /// The problems with names that no model of the file has: requests for them would go nowhere. Names of GLM's, and those of an
    /// engine that is attached to, are not known here.
    func problems(withModelNamesIn file: ConfigurationFile) -> [ConfigurationProblem] {
        let names = modelNames(in: file)
        guard settings["engine"] == nil, !names.isEmpty else { return [] }
        let virtual = routing.configuration.virtualModels.map(\.name)
        let silent = models.filter { $0.mode != .chat }.flatMap { [$0.name] + $0.aliases }
        return [problem(withDefaultModel: names + virtual)].compactMap { $0 }
            + routing.problems(withModels: names, silent: silent, path: file.path)
    }

    /// What may be a mistake: models of GLM's that are not known here, and directories that are not there.
    func notes(on file: ConfigurationFile) -> [ConfigurationProblem] {
        let models = settings["engine"] == nil ? routing.notes(withModels: modelNames(in: file), path: file.path) : []
        let directories = routing.directories.filter { !Directories.isDirectory($0.name) }.map { mention in
            ConfigurationProblem(
                path: file.path, line: mention.line,
                message: "note: \(mention.place): there is no directory \(mention.name) on this machine")
        }
        return (models + directories).sorted { ($0.line ?? 0) < ($1.line ?? 0) }
    }

    /// A model that could not be read has been told about.
    private func modelNames(in file: ConfigurationFile) -> [String] {
        let named = models.flatMap { [$0.name] + $0.aliases }
        return named + Self.names(in: file).filter { !named.contains($0) }
    }

    private func problem(withDefaultModel names: [String]) -> ConfigurationProblem? {
        guard let setting = settings["model"], let name = setting.values.last, !name.hasPrefix("glm-"),
            case .file(let path, let line) = setting.source, !names.contains(name)
        else { return nil }
        let near = Spelling.nearest(to: name, among: names)
        return ConfigurationProblem(
            path: path, line: line, message: "invalid value for 'model': no model below 'models' is called '\(name)'",
            hint: near.map { "did you mean '\($0)'?" } ?? "name one of \(models.map(\.name).joined(separator: ", "))")
    }

    private static func names(in file: ConfigurationFile) -> [String] {
        guard case .mapping(let models) = file.entries.first(where: { $0.key == ModelEntry.key })?.value else {
            return []
        }
        return models.map(\.key)
    }
}
