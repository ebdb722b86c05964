import LocalCodeCore

/// How an error is told to the user, and what the program's end says about it.
struct ErrorReport {
    let status: ExitStatus
    private let message: String
    private let hint: String?
    /// What to type to find out more.
    private let command: String

    /// - Parameter chain: the command that was understood so far.
    init(_ error: any Error, chain: [Command]) {
        command = chain.words
        switch error {
        case let error as UsageError: (status, message, hint) = (.usage, error.message, error.hint)
        case let error as Failure: (status, message, hint) = (.failure, error.message, error.hint)
        case let error as ConfigurationProblem: (status, message, hint) = (.failure, error.description, error.hint)
        default: (status, message, hint) = (.failure, "\(error)", nil)
        }
    }

    /// Lines for standard error.
    func text(hasColor: Bool) -> String {
        let error = hasColor ? "\u{1B}[1;31merror:\u{1B}[0m" : "error:"
        var text = "localcode: \(error) \(TerminalText.neutralized(message))\n"
        if let hint { text += "  hint: \(TerminalText.neutralized(hint))\n" }
        if status == .usage { text += "try '\(command) --help'\n" }
        return text
    }
}
