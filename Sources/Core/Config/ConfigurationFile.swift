import Yams

/// The content of a localcode.yaml: a mapping from names to values. What the names and values mean is for the caller to judge; a
/// line goes with each so that it can say where.
public struct ConfigurationFile: Sendable, Equatable {
    /// One `key: value`.
    public struct Entry: Sendable, Equatable {
        /// The key's text.
        public let key: String
        /// The line of the key, counted from 1.
        public let line: Int
        /// What stands behind it.
        public let value: Value
        /// The same with numbers, booleans and all that is nested, as YAML means it.
        public let json: JSONValue
    }

    /// The values that an entry can have.
    public indirect enum Value: Sendable, Equatable {
        /// `key:`, `key: ~` or `key: null`.
        case null
        /// The text as it is written, without its quotes: numbers and booleans are not interpreted.
        case scalar(String)
        /// A list of scalars, each with its line.
        case list([Item])
        /// A mapping from names to values.
        case mapping([Entry])
        /// A list of other things than scalars.
        case nested([Element])
    }

    /// One element of a list.
    public struct Item: Sendable, Equatable {
        public let text: String
        /// Counted from 1.
        public let line: Int
    }

    /// One element of a list that has other elements than scalars.
    public struct Element: Sendable, Equatable {
        /// Counted from 1.
        public let line: Int
        public let value: Value
    }

    /// The file as the user knows it.
    public let path: String
    /// The entries in the order of the file, each key once.
    public let entries: [Entry]

    /// The largest file that is read: what is longer is no configuration.
    public static let limit = 1 << 20

    /// Reads the text of a file. An empty text is an empty configuration.
    public init(parsing bytes: [UInt8], path: String) throws(ConfigurationProblem) {
        self.path = path
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ConfigurationProblem(path: path, message: "not a text in UTF-8")
        }
        let root: Node?
        do {
            root = try compose(yaml: text)
        } catch let error as YamlError {
            throw ConfigurationProblem(error, text: text, path: path)
        } catch {
            throw ConfigurationProblem(path: path, message: "\(error)")
        }
        guard let root, !root.isNull else {
            entries = []
            return
        }
        guard case .mapping(let mapping) = root else {
            throw ConfigurationProblem(
                path: path, line: root.mark?.line, message: "not a mapping of keys to values",
                hint: "write lines such as 'port: 4242'")
        }
        var reader = ConfigurationNodeReader(path: path)
        entries = try reader.entries(of: mapping)
    }

    /// Where localcode.yaml is looked for, in this order: the working directory, then the user's configuration directory.
    public static func candidates(workingDirectory: String, environment: [String: String]) -> [String] {
        var paths = [join(workingDirectory, "localcode.yaml")]
        // The XDG specification says that a relative path is to be ignored.
        if let directory = environment["XDG_CONFIG_HOME"], directory.hasPrefix("/") {
            paths.append(join(directory, "localcode/localcode.yaml"))
        } else if let home = environment["HOME"], !home.isEmpty {
            paths.append(join(home, ".config/localcode/localcode.yaml"))
        }
        return paths
    }

    /// A path of a file that is configured: absolute, or relative to the configuration file's directory, or to the home directory.
    public static func resolve(_ path: String, in directory: String, home: String?) -> String {
        if let home, path == "~" || path.hasPrefix("~/") { return home + path.dropFirst() }
        return path.hasPrefix("/") ? path : join(directory, path)
    }

    private static func join(_ directory: String, _ name: String) -> String {
        directory.hasSuffix("/") ? directory + name : "\(directory)/\(name)"
    }
}

extension ConfigurationProblem {
    fileprivate init(_ error: YamlError, text: String, path: String) {
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let when = context.map { "\($0.text): " } ?? ""
            self.init(path: path, line: mark.line, column: mark.column, message: "not valid YAML: \(when)\(problem)")
        case .reader(let problem, let offset, _, _):
            let before = text.prefix(offset ?? 0)
            let line = offset == nil ? nil : before.count(where: \.isNewline) + 1
            self.init(path: path, line: line, message: "not valid YAML: \(problem)")
        case .duplicatedKeysInMapping(let keys, let context):
            let key = keys.first ?? ""
            let lines = Self.lines(of: key, from: context.mark, in: text)
            self.init(
                path: path, line: lines.dropFirst().first ?? context.mark.line,
                message: "the key '\(key)' is there twice",
                hint: lines.first.map { "the first one is in line \($0)" })
        case .memory:
            self.init(path: path, message: "not valid YAML: nested too deeply")
        case .no, .writer, .emitter, .representer, .dataCouldNotBeDecoded:
            self.init(path: path, message: "not valid YAML")
        }
    }

    /// Lines that start with this key, from its first place on and at the same indentation: the parser tells one of a pair only.
    private static func lines(of key: String, from mark: Mark, in text: String) -> [Int] {
        text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated().compactMap {
            index, line in
            guard index + 1 >= mark.line, line.prefix(while: { $0 == " " }).count == mark.column - 1 else { return nil }
            let start = line.drop { $0 == " " || $0 == "\"" || $0 == "'" }
            guard start.hasPrefix(key) else { return nil }
            let rest = start.dropFirst(key.count).drop { $0 == " " || $0 == "\"" || $0 == "'" }
            return rest.first == ":" ? index + 1 : nil
        }
    }
}
