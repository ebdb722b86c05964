import LocalCodeCore

/// An option with its settled value.
public struct Setting: Sendable, Equatable {
    /// All values of an option that repeats, at most one of all others; none: nobody said anything.
    public var values: [String]
    /// Who said it.
    public var source: Source

    /// Where the value of an option comes from.
    public enum Source: Sendable, Equatable {
        case flag
        /// The name of the variable.
        case environment(String)
        case file(path: String, line: Int)
        case fallback
    }

    public init(values: [String], source: Source) {
        self.values = values
        self.source = source
    }
}

/// Settles options: flag over environment over file over fallback. A repeated option is not merged: the first source that
/// says something wins with all its values.
enum Settings {
    /// - Parameters:
    ///   - typed: what the command line says, already checked; an empty list takes a setting back.
    ///   - file: the checked settings of the configuration file.
    static func settle(
        _ options: [Option], typed: [String: [String]] = [:], environment: [String: String] = [:],
        file: [String: Setting] = [:]
    ) throws(UsageError) -> [String: Setting] {
        var settled: [String: Setting] = [:]
        for option in options {
            if let values = typed[option.name], !values.isEmpty {
                settled[option.name] = Setting(values: values, source: .flag)
            } else if typed[option.name] == nil,
                let setting = try fromEnvironment(option, environment) ?? file[option.name]
            {
                settled[option.name] = setting
            } else if let fallback = option.fallback {
                settled[option.name] = Setting(values: [fallback], source: .fallback)
            }
        }
        return settled
    }

    private static func fromEnvironment(_ option: Option, _ environment: [String: String]) throws(UsageError)
        -> Setting?
    {
        for name in option.environmentNames {
            guard let text = environment[name], !text.trimmingWhiteSpace.isEmpty else { continue }
            do {
                return Setting(values: [try option.checked(text)], source: .environment(name))
            } catch {
                throw UsageError("invalid value in the environment: \(name): \(error.message)", hint: error.hint)
            }
        }
        return nil
    }
}
