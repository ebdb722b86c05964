import LocalCodeCore

extension Command {
    /// `localcode config`.
    public static let config = Command(
        name: "config",
        summary: "Check and show the settings, and write the configuration of OpenCode",
        details: """
            A setting comes from the command line, else from the environment, else from localcode.yaml, else its default \
            holds. The commands below look at the last three.
            """,
        subcommands: [configCheck, configShow, configRouteExample, configOpenCode])

    private static let configCheck = Command(
        name: "check",
        summary: "Check a configuration file and the environment",
        details: "Prints every problem with its line. Without FILE it checks the file that other commands would read.",
        operands: [Operand("FILE", "configuration file to check", completion: .file)],
        examples: [Example("localcode config check", "check the file in use")],
        run: { try ConfigCommand(invocation: $0, program: .program).check(file: $0.operands.first) })

    private static let configShow = Command(
        name: "show",
        summary: "Show every setting, its value and where it comes from",
        details:
            """
            Keys are not shown, only whether they are set. Models and routing follow, with what localcode.yaml says about \
            each.
            """,
        options: [Option("json", help: "print one JSON object instead of a table")],
        examples: [
            Example("localcode config show", "see which value of a setting counts"),
            Example("localcode config show --json | jq .port.value", "use a setting in a script"),
        ],
        run: { try ConfigCommand(invocation: $0, program: .program).show(asJSON: $0.isOn("json")) })
}

/// The work of `config check` and `config show`.
struct ConfigCommand {
    let invocation: Invocation
    let program: Command

    private var context: Context { invocation.context }
    private var loader: SettingsLoader { SettingsLoader(program: program, context: context) }

    // MARK: - check

    func check(file name: String?) throws {
        var problems: [(message: String, hint: String?)] = []
        var notes: [ConfigurationProblem] = []
        let file = try loader.file(named: name ?? invocation["config"])
        if let file {
            let content = loader.content(of: file)
            let all = content.problems + content.routing.doubts + content.problems(withModelNamesIn: file)
            problems += all.sorted { ($0.line ?? 0) < ($1.line ?? 0) }.map { ($0.description, $0.hint) }
            notes = content.notes(on: file)
        }
        for option in program.settings + Option.global {
            do {
                _ = try Settings.settle([option], environment: context.environment)
            } catch {
                problems.append((error.message, error.hint))
            }
        }
        for (message, hint) in problems + notes.map({ ($0.description, $0.hint) }) {
            let text = "\(message)\n" + (hint.map { "  hint: \($0)\n" } ?? "")
            try context.error.write(TerminalText.neutralized(text))
        }
        guard problems.isEmpty else {
            throw Failure("\(problems.count) \(problems.count == 1 ? "problem" : "problems") found")
        }
        try context.output.write(sentence(file))
    }

    private func sentence(_ file: ConfigurationFile?) -> String {
        guard let file else {
            let places = ConfigurationFile.candidates(
                workingDirectory: context.workingDirectory, environment: context.environment)
            return "no configuration file: neither \(places.joined(separator: " nor ")) exists\n"
        }
        let content = loader.content(of: file)
        let models = content.models.count
        let rules = content.routing.configuration.rules.count
        let settings = file.entries.count { !ConfigurationFile.otherKeys.contains($0.key) }
        let counts =
            [Self.count(settings, "setting")] + (models == 0 ? [] : [Self.count(models, "model")])
            + (rules == 0 ? [] : [Self.count(rules, "rule")])
        let files = models == 0 ? "" : "'\(program.name) serve --dry-run' looks at the model files too\n"
        return "\(file.path) is valid: \(counts.joined(separator: ", "))\n" + files
    }

    private static func count(_ number: Int, _ thing: String) -> String {
        "\(number) \(number == 1 ? thing : thing + "s")"
    }

    // MARK: - show

    func show(asJSON: Bool) throws {
        let file = try loader.file(named: invocation["config"])
        let settings = try Settings.settle(
            program.settings, environment: context.environment,
            file: file.map { try loader.checked($0).settings } ?? [:])
        try context.output.write(asJSON ? json(settings, file) : table(settings, file))
    }

    private func table(_ settings: [String: Setting], _ file: ConfigurationFile?) -> String {
        let own = program.settings.map { option in
            let setting = settings[option.name]
            return (option.name, Self.shown(option, setting), setting.map { Self.source($0.source) } ?? "")
        }
        let rows = (own + (file.map { Self.modelRows($0) + Self.routingRows($0) } ?? [])).map { name, value, source in
            (TerminalText.line(name), TerminalText.line(value), TerminalText.line(source))
        }
        let left = rows.map(\.0.count).max() ?? 0
        let middle = min(rows.map(\.1.count).max() ?? 0, 48)
        return rows.map { name, value, source in
            Self.trimmingEnd("\(Self.padded(name, left))  \(Self.padded(value, middle))  \(source)") + "\n"
        }.joined()
    }

    private static func shown(_ option: Option, _ setting: Setting?) -> String {
        guard let setting else { return "-" }
        return option.isSecret ? "(set)" : setting.values.joined(separator: ", ")
    }

    private static func source(_ source: Setting.Source) -> String {
        switch source {
        case .flag: "command line"
        case .environment(let name): "environment \(name)"
        case .file(let path, let line): "\(path):\(line)"
        case .fallback: "default"
        }
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private static func trimmingEnd(_ text: String) -> String {
        var text = Substring(text)
        while text.last == " " { text.removeLast() }
        return String(text)
    }

    private func json(_ settings: [String: Setting], _ file: ConfigurationFile?) -> String {
        var object = JSONObject()
        for option in program.settings { object[option.name] = Self.json(option, settings[option.name]) }
        if let models = file.flatMap(Self.modelsJSON) { object[ModelEntry.key] = models }
        if let routing = file.flatMap(Self.routingJSON) { object[RoutingConfiguration.key] = routing }
        return PrettyJSON.text(.object(object))
    }

    /// `{"value": 4242, "source": "environment", "variable": "LOCALCODE_PORT"}`; a secret has `"set": true` for its value.
    private static func json(_ option: Option, _ setting: Setting?) -> JSONValue {
        guard let setting else { return option.isSecret ? ["set": false] : ["value": nil] }
        let values = setting.values.map { value(option, $0) }
        var object: JSONObject =
            option.isSecret ? ["set": true] : ["value": option.repeats ? .array(values) : values.last ?? nil]
        switch setting.source {
        case .flag:
            object["source"] = "flag"
        case .environment(let name):
            object["source"] = "environment"
            object["variable"] = .string(name)
        case .file(let path, let line):
            object["source"] = "file"
            object["file"] = .string(path)
            object["line"] = .number(line)
        case .fallback:
            object["source"] = "default"
        }
        return .object(object)
    }

    private static func value(_ option: Option, _ text: String) -> JSONValue {
        if option.isSwitch { return .bool(text == "true") }
        switch option.kind {
        case .integer: return Int(text).map { .number($0) } ?? .string(text)
        case .number: return Double(text).map { .number($0) } ?? .string(text)
        case .text, .duration, .size, .url: return .string(text)
        }
    }
}
