import LocalCodeCore

/// Finds the configuration file, reads it, and settles what was typed.
struct SettingsLoader {
    let program: Command
    let context: Context

    /// The command with every option settled. The file is read only for commands that have settings.
    func invocation(_ typed: TypedCommand) throws -> Invocation {
        let options = typed.options
        let globals = try Settings.settle(
            Option.global, typed: typed.values, environment: context.environment)
        var file: ConfigurationFile?
        var settings: [String: Setting] = [:]
        var models: [ModelEntry] = []
        var routing = RoutingConfiguration()
        if options.contains(where: \.isSetting) {
            file = try self.file(named: globals["config"]?.values.last)
            if let content = try file.map(checked) {
                (settings, models, routing) = (content.settings, content.models, content.routing.configuration)
            }
        }
        let settled = try Settings.settle(
            options, typed: typed.values, environment: context.environment, file: settings)
        return Invocation(
            path: typed.path, operands: typed.operands, settings: settled, configurationFile: file?.path,
            models: models, routing: routing, context: context)
    }

    /// The configuration file: the named one, which must exist, or the first that is found.
    func file(named name: String?) throws -> ConfigurationFile? {
        if let name {
            guard let file = try read(absolute(name), as: name) else {
                throw Failure("there is no configuration file \(name)")
            }
            return file
        }
        let places = ConfigurationFile.candidates(
            workingDirectory: context.workingDirectory, environment: context.environment)
        for (index, path) in places.enumerated() {
            if let file = try read(path, as: index == 0 ? Self.usual : path) { return file }
        }
        return nil
    }

    /// What a file says, and everything that is wrong with it, in the order of its lines.
    func content(of file: ConfigurationFile) -> Content {
        let (directory, home) = (directory(of: file.path), context.environment["HOME"])
        let (settings, problems) = file.settings(for: program.settings, in: directory, home: home)
        let (models, others) = ModelEntry.read(from: file, in: directory, home: home)
        let names = models.flatMap { [$0.name] + $0.aliases }
        var routing = RoutingConfiguration.read(from: file, models: names, in: directory, home: home)
        routing.configuration.followLinks()
        return Content(
            settings: settings, models: models, routing: routing,
            problems: (problems + others + routing.problems).sorted { ($0.line ?? 0) < ($1.line ?? 0) })
    }

    /// What a file says.
    struct Content {
        var settings: [String: Setting]
        var models: [ModelEntry]
        var routing: RoutingConfiguration.Reading
        var problems: [ConfigurationProblem]
    }

    /// What a file says that has no problems.
    /// - Throws: the first of its problems.
    func checked(_ file: ConfigurationFile) throws(ConfigurationProblem) -> Content {
        let content = content(of: file)
        guard var first = content.problems.first else { return content }
        if content.problems.count > 1 {
            // It finds the first place by itself.
            let name = file.path == Self.usual ? "" : " \(file.path)"
            let more = "'\(program.name) config check\(name)' shows \(content.problems.count - 1) more"
            first.hint = first.hint.map { "\($0); \(more)" } ?? more
        }
        throw first
    }

    /// What a file in the working directory is called.
    private static let usual = "localcode.yaml"

    private func read(_ path: String, as name: String) throws -> ConfigurationFile? {
        guard let bytes = try FileText.bytes(at: path, limit: ConfigurationFile.limit) else { return nil }
        return try ConfigurationFile(parsing: bytes, path: name)
    }

    /// The directory that the paths in a file start from: its own.
    private func directory(of path: String) -> String {
        let absolute = absolute(path)
        let parent = absolute.lastIndex(of: "/").map { absolute[..<$0] } ?? ""
        return parent.isEmpty ? "/" : String(parent)
    }

    private func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : "\(context.workingDirectory)/\(path)"
    }
}

extension RoutingConfiguration {
    /// A client that works behind a link may tell the link, or where it leads.
    fileprivate mutating func followLinks() {
        func followed(_ paths: [String]) -> [String] {
            paths + paths.map(Directories.resolved).filter { !paths.contains($0) }
        }
        privacy.paths = followed(privacy.paths)
        for index in rules.indices { rules[index].conditions.projects = followed(rules[index].conditions.projects) }
    }
}
