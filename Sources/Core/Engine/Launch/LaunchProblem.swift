/// Why an engine cannot be started for a model, known before anything is started.
public struct LaunchProblem: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong, starting in lower case, no full stop.
    public var message: String
    /// The next step.
    public var hint: String?

    public init(_ message: String, hint: String? = nil) {
        self.message = message
        self.hint = hint
    }

    /// The message.
    public var description: String { message }
}
