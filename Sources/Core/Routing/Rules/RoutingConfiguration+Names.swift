extension RoutingConfiguration.Reading {
    /// Mentions of models that cannot do what they are named for. Where an engine is attached, more names may be known.
    /// - Parameters:
    ///   - models: names and aliases of the file's models.
    ///   - silent: those among them that write no text.
    public func problems(withModels models: [String], silent: [String] = [], path: String) -> [ConfigurationProblem] {
        let virtual = configuration.virtualModels.map(\.name)
        return mentions.compactMap { mention in
            let names = mention.role == .any ? models + virtual : models
            let message: String
            var hint = "name one of \(names.filter { !silent.contains($0) }.joined(separator: ", "))"
            if silent.contains(mention.name) {
                message = "'\(mention.name)' writes no text"
            } else if models.contains(mention.name) {
                return nil
            } else if virtual.contains(mention.name) {
                guard mention.role != .any else { return nil }
                message = "'\(mention.name)' is a virtual model"
            } else if Self.isGLM(mention.name) {
                guard mention.role == .local else { return nil }
                message = "'\(mention.name)' is not on this machine"
            } else {
                message = "no model below 'models' is called '\(mention.name)'"
                if let near = Spelling.nearest(to: mention.name, among: names) { hint = "did you mean '\(near)'?" }
            }
            return ConfigurationProblem(
                path: path, line: mention.line, message: "invalid value for \(mention.place): \(message)", hint: hint)
        }
    }

    /// Mentions of models of GLM's that are not known here, of which new ones appear more often than this program does, and patterns
    /// of private models that no model has; where the file has no models, any name may be known.
    /// - Parameter models: names and aliases of the file's models.
    public func notes(withModels models: [String], path: String) -> [ConfigurationProblem] {
        let known = GLMModels.all.map(\.id)
        let names = models + known + configuration.virtualModels.map(\.name)
        let idle = patterns.filter { !models.isEmpty && !names.contains(where: Wildcard($0.name).matches) }.map {
            pattern in
            ConfigurationProblem(
                path: path, line: pattern.line,
                message: "note: \(pattern.place): no model that is known here is called '\(pattern.name)'")
        }
        return idle
            + mentions.compactMap { mention in
                guard Self.isGLM(mention.name), !models.contains(mention.name), GLMModels.model(mention.name) == nil
                else {
                    return nil
                }
                return ConfigurationProblem(
                    path: path, line: mention.line,
                    message: "note: \(mention.place): no model of GLM's is known here as '\(mention.name)'",
                    hint: Spelling.nearest(to: mention.name.lowercased(), among: known).map { "did you mean '\($0)'?" })
            }
    }

    private static func isGLM(_ name: String) -> Bool { name.lowercased().hasPrefix("glm-") }
}
