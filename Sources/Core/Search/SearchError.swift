/// Why a tree cannot be searched.
public struct SearchError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong and where, starting in lower case, no full stop.
    public let description: String
    /// The next step.
    public let hint: String?

    init(_ description: String, hint: String? = nil) {
        self.description = description
        self.hint = hint
    }
}
