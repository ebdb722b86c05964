import LocalCodeCore

extension SettingsLoader.Content {
    /// The problems with names that no model of the file has: requests for them would go nowhere. Names of GLM's, and those of an
    /// engine that is attached to, are not known here.
    func problems(withModelNamesIn file: ConfigurationFile) -> [ConfigurationProblem] {
        // A model that could not be read has been told about.
        let named = models.flatMap { [$0.name] + $0.aliases }
        let names = named + Self.names(in: file).filter { !named.contains($0) }
        guard settings["engine"] == nil, !names.isEmpty else { return [] }
        let virtual = routing.configuration.virtualModels.map(\.name)
        return [problem(withDefaultModel: names + virtual)].compactMap { $0 }
            + routing.problems(withModels: names, path: file.path)
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
