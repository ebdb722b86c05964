/// One row of the command table. The parser, `--help`, the man pages and the completions are all made from these rows.
public struct Command: Sendable {
    /// What the user types.
    public var name: String
    /// One line, no full stop, at most 70 characters.
    public var summary: String
    /// What the command does, in paragraphs of plain text separated by an empty line.
    public var details: String
    /// Operands, in order.
    public var operands: [Operand]
    /// Options of this command, in the order of the documentation. `Option.global` comes on top for every command.
    public var options: [Option]
    /// Commands to show and what they do.
    public var examples: [Example]
    /// Commands below this one (`cache ls`); a command with these is not run itself.
    public var subcommands: [Command]
    /// The name of the one among them that runs when none is typed; nil: that is a mistake.
    public var defaultSubcommand: String?
    /// A helper that other commands start: it works, but help, man pages and completions leave it out.
    public var isHidden: Bool
    /// Does the work. Throws `UsageError` (exit 2) or `Failure` (exit 1).
    public var run: @Sendable (Invocation) async throws -> Void

    public init(
        name: String, summary: String, details: String = "", operands: [Operand] = [], options: [Option] = [],
        examples: [Example] = [], subcommands: [Command] = [], defaultSubcommand: String? = nil,
        isHidden: Bool = false,
        run: @escaping @Sendable (Invocation) async throws -> Void = { _ in }
    ) {
        self.name = name
        self.summary = summary
        self.details = details
        self.operands = operands
        self.options = options
        self.examples = examples
        self.subcommands = subcommands
        self.defaultSubcommand = defaultSubcommand
        self.isHidden = isHidden
        self.run = run
    }
}

/// A positional argument.
public struct Operand: Sendable {
    /// Upper case: `FILE`.
    public var name: String
    /// One line of help.
    public var help: String
    public var isRequired: Bool
    /// Takes all that is left.
    public var repeats: Bool
    /// What a shell offers for it.
    public var completion: Completion

    public init(
        _ name: String, _ help: String, isRequired: Bool = false, repeats: Bool = false, completion: Completion = .none
    ) {
        self.name = name
        self.help = help
        self.isRequired = isRequired
        self.repeats = repeats
        self.completion = completion
    }
}

/// An option: a switch when it has no value name, else it takes one value a time.
public struct Option: Sendable {
    /// Long name without dashes: `cache-dir`. Also its key in localcode.yaml, where `isSetting`.
    public var name: String
    /// One ASCII letter.
    public var short: Character?
    /// Upper case name of the value, `DIR`; nil for a switch. A switch has a negation, `--no-NAME`.
    public var value: String?
    /// May be given several times; every value counts.
    public var repeats: Bool
    /// What holds when nothing is said: as text, `"4242"`; a switch's is `"true"` or `"false"`.
    public var fallback: String?
    /// Whether it can also come from the environment (`LOCALCODE_CACHE_DIR`) and from localcode.yaml (`cache-dir:`).
    public var isSetting: Bool
    /// Another environment variable that is read behind `LOCALCODE_…`: `ZAI_API_KEY`.
    public var environment: String?
    /// Never printed: keys.
    public var isSecret: Bool
    /// The values that are allowed; empty: any.
    public var choices: [String]
    /// What the value must be.
    public var kind: Kind
    public var completion: Completion
    /// One line, no full stop, at most 79 characters.
    public var help: String
    /// What the man page says beyond `help`, in paragraphs.
    public var details: String

    public enum Kind: Sendable, Equatable {
        case text
        case integer(ClosedRange<Int>)
        case number(ClosedRange<Double>)
        /// `30s`, `5m`, `250ms`, `1h`, or a bare number of seconds.
        case duration
        /// `64MiB`, `2G`, or a bare number of bytes.
        case size
        /// http or https.
        case url
    }

    public init(
        _ name: String, _ short: Character? = nil, value: String? = nil, repeats: Bool = false, fallback: String? = nil,
        isSetting: Bool = false, environment: String? = nil, isSecret: Bool = false, choices: [String] = [],
        kind: Kind = .text, completion: Completion = .none, help: String, details: String = ""
    ) {
        self.name = name
        self.short = short
        self.value = value
        self.repeats = repeats
        self.fallback = fallback
        self.isSetting = isSetting
        self.environment = environment
        self.isSecret = isSecret
        self.choices = choices
        self.kind = kind
        self.completion = completion
        self.help = help
        self.details = details
    }
}

/// What a shell completes for a value.
public enum Completion: Sendable, Equatable {
    case none, file, directory, host
    /// The name of a command of this program.
    case command
}

/// A command line to show, and what it does.
public struct Example: Sendable {
    public var line: String
    public var help: String

    public init(_ line: String, _ help: String) {
        self.line = line
        self.help = help
    }
}
