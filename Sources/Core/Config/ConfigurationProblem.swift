/// One thing that is wrong with a configuration file.
public struct ConfigurationProblem: Error, Sendable, Equatable, CustomStringConvertible {
    /// The file as the user knows it.
    public var path: String
    /// Counted from 1; nil where the whole file is meant.
    public var line: Int?
    /// Counted from 1.
    public var column: Int?
    /// What is wrong, starting in lower case, no full stop.
    public var message: String
    /// The next step.
    public var hint: String?

    public init(path: String, line: Int? = nil, column: Int? = nil, message: String, hint: String? = nil) {
        self.path = path
        self.line = line
        self.column = column
        self.message = message
        self.hint = hint
    }

    /// `localcode.yaml:7: unknown key 'prot'`, the form that editors and terminals make a link of.
    public var description: String {
        let place = [line, line == nil ? nil : column].compactMap { $0.map(String.init) }
        return ([path] + place).joined(separator: ":") + ": " + message
    }
}
