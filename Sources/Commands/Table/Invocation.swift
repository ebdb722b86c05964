import LocalCodeCore

/// A parsed command line, with every option settled: flag over environment over file over default.
public struct Invocation: Sendable {
    /// The words behind `localcode` that chose the command: `["cache", "ls"]`.
    public let path: [String]
    /// The operands.
    public let operands: [String]
    /// The configuration file that was read, as the user knows it; nil where there is none or the command has no settings.
    public let configurationFile: String?
    /// The models that the configuration file names, in its order.
    public let models: [ModelEntry]
    /// What the configuration file says about routing.
    public let routing: RoutingConfiguration
    /// The outside world.
    public let context: Context
    private let settings: [String: Setting]

    /// - Parameter settings: option name to its values, already checked against the table. A switch is "true" or "false".
    public init(
        path: [String], operands: [String], settings: [String: Setting], configurationFile: String? = nil,
        models: [ModelEntry] = [], routing: RoutingConfiguration = RoutingConfiguration(), context: Context
    ) {
        self.path = path
        self.operands = operands
        self.settings = settings
        self.configurationFile = configurationFile
        self.models = models
        self.routing = routing
        self.context = context
    }

    /// The same without sources, as if all had been typed.
    public init(path: [String], operands: [String], values: [String: [String]], context: Context) {
        self.init(
            path: path, operands: operands, settings: values.mapValues { Setting(values: $0, source: .flag) },
            context: context)
    }

    /// The (last) value of an option; nil where nothing was said and it has no default.
    public subscript(_ option: String) -> String? { settings[option]?.values.last }

    /// Every value of an option that may be repeated.
    public func all(_ option: String) -> [String] { settings[option]?.values ?? [] }

    /// What was typed for an option. The settings file's `model` is the one of requests to the proxy that name none, and no
    /// model for everything that has an option of that name.
    func typed(_ name: String) -> String? { source(of: name) == .flag ? self[name] : nil }

    /// Who said what an option is; nil where nothing was said and it has no default.
    public func source(of option: String) -> Setting.Source? { settings[option]?.source }

    /// Whether a switch is on.
    public func isOn(_ option: String) -> Bool { self[option] == "true" }

    /// The value of an option of kind `integer`.
    public func integer(_ option: String) -> Int? { self[option].flatMap { Int($0) } }

    /// The value of an option of kind `number`.
    public func number(_ option: String) -> Double? { self[option].flatMap { Double($0) } }

    /// The value of an option of kind `duration`.
    public func duration(_ option: String) -> Duration? { self[option].flatMap(Duration.init(humanReadable:)) }

    /// The value of an option of kind `size`, in bytes.
    public func bytes(_ option: String) -> Int? { self[option].flatMap(ByteCount.init(humanReadable:))?.bytes }
}
