import LocalCodeCore

extension ConfigCommand {
    /// What a file says about each model, one key a row.
    static func modelRows(_ file: ConfigurationFile) -> [(name: String, value: String, source: String)] {
        models(in: file).flatMap { model in
            members(of: model).map { member in
                ("models.\(model.key).\(member.key)", shown(member), "\(file.path):\(member.line)")
            }
        }
    }

    /// The models as one JSON setting; nil where the file has none.
    static func modelsJSON(_ file: ConfigurationFile) -> JSONValue? {
        guard let entry = file.entries.first(where: { $0.key == ModelEntry.key }), entry.value != .null else {
            return nil
        }
        var models = JSONObject()
        for model in self.models(in: file) {
            var object = JSONObject()
            for member in members(of: model) { object[member.key] = json(member) }
            models[model.key] = .object(object)
        }
        return ["value": .object(models), "source": "file", "file": .string(file.path), "line": .number(entry.line)]
    }

    private static func models(in file: ConfigurationFile) -> [ConfigurationFile.Entry] {
        file.entries.first { $0.key == ModelEntry.key }.map(members) ?? []
    }

    private static func members(of entry: ConfigurationFile.Entry) -> [ConfigurationFile.Entry] {
        if case .mapping(let members) = entry.value { members } else { [] }
    }

    private static func shown(_ member: ConfigurationFile.Entry) -> String {
        switch member.value {
        case .null: "-"
        case .scalar(let text): text
        case .list(let items): items.map(\.text).joined(separator: ", ")
        case .mapping, .nested: json(member).description
        }
    }

    /// The value; of the environment, in which keys can be, the names alone.
    private static func json(_ member: ConfigurationFile.Entry) -> JSONValue {
        guard member.key == "environment" else { return member.json }
        var names = JSONObject()
        for variable in members(of: member) { names[variable.key] = "(set)" }
        return .object(names)
    }
}
