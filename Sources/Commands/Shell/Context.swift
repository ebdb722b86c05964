/// The outside world as a command sees it; a test passes another one.
public struct Context: Sendable {
    /// The environment variables.
    public var environment: [String: String]
    /// The directory that relative paths start from.
    public var workingDirectory: String
    /// Standard output: data.
    public var output: Stream
    /// Standard error: talk.
    public var error: Stream
    /// Whether standard input is a terminal.
    public var inputIsTerminal: Bool
    /// Reads at most `limit` bytes from standard input, to its end; blocks, so call it before the work starts.
    public var readInput: @Sendable (_ limit: Int) throws -> [UInt8]

    public init(
        environment: [String: String], workingDirectory: String, output: Stream, error: Stream, inputIsTerminal: Bool,
        readInput: @escaping @Sendable (_ limit: Int) throws -> [UInt8]
    ) {
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.output = output
        self.error = error
        self.inputIsTerminal = inputIsTerminal
        self.readInput = readInput
    }

    /// One of the two streams a command writes to.
    public struct Stream: Sendable {
        public var isTerminal: Bool
        /// Whether to use colours: a terminal, and neither NO_COLOR nor TERM=dumb.
        public var hasColor: Bool
        /// Columns of the terminal; 80 where there is none.
        public var width: Int
        /// Writes at once, unbuffered. Throws `BrokenPipe` when nobody reads any more.
        public var write: @Sendable (_ text: String) throws -> Void

        public init(
            isTerminal: Bool, hasColor: Bool, width: Int, write: @escaping @Sendable (_ text: String) throws -> Void
        ) {
            self.isTerminal = isTerminal
            self.hasColor = hasColor
            self.width = width
            self.write = write
        }
    }
}

/// Nobody reads our output any more (`localcode … | head`): the program ends quietly with status 0.
public struct BrokenPipe: Error {
    public init() {}
}

/// The command line cannot be understood: exit status 2.
public struct UsageError: Error, Sendable, Equatable {
    /// What is wrong, starting in lower case, no full stop: `unknown option '--prot'`.
    public var message: String
    /// The next step: `did you mean '--port'?`.
    public var hint: String?

    public init(_ message: String, hint: String? = nil) {
        self.message = message
        self.hint = hint
    }
}

/// The command was understood and could not be done: exit status 1.
public struct Failure: Error, Sendable, Equatable {
    /// What went wrong and where, starting in lower case, no full stop.
    public var message: String
    /// The next step.
    public var hint: String?

    public init(_ message: String, hint: String? = nil) {
        self.message = message
        self.hint = hint
    }
}
