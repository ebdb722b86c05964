import LocalCodeCore

extension SettingsLoader.Content {
    /// The problem with a default model that no model of the file is called: requests that name none would go nowhere. Names of
    /// GLM's, and those of an engine that is attached to, are not known here.
    func problem(withDefaultModelIn file: ConfigurationFile) -> ConfigurationProblem? {
        guard let setting = settings["model"], let name = setting.values.last, settings["engine"] == nil,
            !name.hasPrefix("glm-"), case .file(let path, let line) = setting.source
        else { return nil }
        // A model that could not be read has been told about.
        let names = Self.names(in: file) + models.flatMap { [$0.name] + $0.aliases }
        guard !names.isEmpty, !names.contains(name) else { return nil }
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
