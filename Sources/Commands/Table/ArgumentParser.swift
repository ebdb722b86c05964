import LocalCodeCore

/// What a command line asks for.
public enum ParseResult: Sendable {
    /// The help of the last command of the chain: `--help`.
    case help([Command])
    /// `--version`.
    case version
    /// A command that is only a group was named, or none at all: its help, but as a mistake.
    case incomplete([Command])
    /// The words cannot be understood, as part of the command of the chain.
    case mistake(UsageError, [Command])
    /// Work.
    case run(TypedCommand)

    /// The command that was understood, as far as it was.
    var chain: [Command]? {
        switch self {
        case .help(let chain), .incomplete(let chain), .mistake(_, let chain): chain
        case .run(let typed): typed.chain
        case .version: nil
        }
    }
}

/// A command as it was typed: checked against the table, its settings not yet filled in.
public struct TypedCommand: Sendable {
    /// The command, below those that lead to it: the program first.
    public let chain: [Command]
    /// The operands.
    public let operands: [String]
    /// Option name to the values that were given.
    public let values: [String: [String]]

    /// The command itself.
    public var command: Command { chain[chain.count - 1] }

    /// The words that chose the command, without the program's name.
    public var path: [String] { chain.dropFirst().map(\.name) }

    /// The options that the command takes.
    public var options: [Option] { chain.options }
}

extension [Command] {
    /// The options in scope behind these words.
    var options: [Option] { flatMap(\.options) + Option.global }

    /// The options that can be typed here: those, and where no command below is chosen yet, those of the one that runs then.
    var typeableOptions: [Option] { options + (last?.defaultCommand?.options ?? []) }

    /// The words that one types: `localcode config check`.
    var words: String { map(\.name).joined(separator: " ") }
}

/// Reads command lines. Nothing is printed, opened or looked up for it.
///
/// Options may stand before and behind operands. A long option takes its value as `--name value` or `--name=value`, a short
/// one as `-nvalue`, `-n value` or `-n=value`. Switches can be bundled (`-xy`, the last may take a value) and negated
/// (`--no-name`). `--` ends the options, and a lone `-` is an operand. `-h`, `--help`, `-V` and `--version` win over every
/// mistake, wherever they stand in front of `--`. A command of which one subcommand runs by default takes its options, too;
/// such an option chooses it.
public struct ArgumentParser {
    private var words: ArraySlice<String>
    private var chain: [Command]
    private var operands: [String] = []
    private var values: [String: [String]] = [:]
    /// Whether the command was not typed, but chosen by an option of it.
    private var isChosenByOption = false

    /// - Parameter arguments: without the program's name.
    public static func parse(_ arguments: [String], program: Command) -> ParseResult {
        var parser = ArgumentParser(words: arguments[...], chain: [program])
        do {
            return try parser.run()
        } catch {
            switch error {
            case .settled(let request): return request
            case .mistake(let error): return parser.askedForHelp ?? .mistake(error, parser.chain)
            }
        }
    }

    private init(words: ArraySlice<String>, chain: [Command]) {
        self.words = words
        self.chain = chain
    }

    private enum Exit: Error {
        case settled(ParseResult)
        case mistake(UsageError)
    }

    private mutating func run() throws(Exit) -> ParseResult {
        while let word = words.popFirst() {
            if word == "--" {
                while let operand = words.popFirst() { try take(operand: operand) }
            } else if word.hasPrefix("--") {
                try takeLong(word)
            } else if word.hasPrefix("-"), word != "-" {
                try takeShort(word)
            } else {
                try take(operand: word)
            }
        }
        if let command = current.defaultCommand { chain.append(command) }
        let command = current
        guard command.subcommands.isEmpty else { return .incomplete(chain) }
        if let missing = command.operands.dropFirst(operands.count).first(where: \.isRequired) {
            throw .mistake(UsageError("missing operand \(missing.name)", hint: "\(missing.name): \(missing.help)"))
        }
        return .run(TypedCommand(chain: chain, operands: operands, values: values))
    }

    private var current: Command { chain[chain.count - 1] }

    /// Help or version among the words behind a mistake.
    private var askedForHelp: ParseResult? {
        for word in words.prefix(while: { $0 != "--" }) {
            if word == "--help" || word == "-h" { return .help(chain) }
            if word == "--version" || word == "-V" { return .version }
        }
        return nil
    }
}

// MARK: - Operands

extension ArgumentParser {
    private mutating func take(operand: String) throws(Exit) {
        let command = current
        if !command.subcommands.isEmpty {
            guard let chosen = command.subcommands.first(where: { $0.name == operand }) else {
                let near = Spelling.nearest(to: operand, among: command.shownSubcommands.map(\.name))
                throw .mistake(
                    UsageError(
                        "unknown command '\(operand)'", hint: near.map { "did you mean '\(chain.words) \($0)'?" }))
            }
            chain.append(chosen)
            return
        }
        guard operands.count < command.operands.count || command.operands.last?.repeats == true else {
            if isChosenByOption, chain.dropLast().last?.subcommands.contains(where: { $0.name == operand }) == true {
                return try take(late: operand)
            }
            let limit = command.operands.count
            let hint = limit == 0 ? "'\(chain.words)' takes options only" : nil
            throw .mistake(UsageError("unexpected operand '\(operand)'", hint: hint))
        }
        operands.append(operand)
    }

    /// A command behind an option that has chosen one: it may be the same.
    private mutating func take(late name: String) throws(Exit) {
        guard name == current.name else {
            let words = Array(chain.dropLast()).words
            throw .mistake(
                UsageError(
                    "unexpected operand '\(name)'", hint: "a command stands before its options: '\(words) \(name)'"))
        }
        isChosenByOption = false
    }
}

// MARK: - Options

extension ArgumentParser {
    private mutating func takeLong(_ word: String) throws(Exit) {
        let body = word.dropFirst(2)
        let name = String(body.prefix { $0 != "=" })
        let attached = body.count > name.count ? String(body.dropFirst(name.count + 1)) : nil
        chooseDefault { $0.name == name || $0.hasNegation && "no-\($0.name)" == name }
        if let option = chain.options.first(where: { $0.name == name }) {
            guard option.isSwitch else { return try take(option, attached: attached, as: "--\(name)") }
            guard attached == nil else { throw unexpectedValue("--\(name)", option) }
            try take(option, value: "true", as: "--\(name)")
        } else if name.hasPrefix("no-"),
            let option = chain.options.first(where: { $0.hasNegation && "no-\($0.name)" == name })
        {
            guard attached == nil else { throw unexpectedValue("--\(name)", option) }
            try take(option, value: "false", as: "--\(name)")
        } else {
            throw .mistake(unknown("--\(name)", name))
        }
    }

    private mutating func takeShort(_ word: String) throws(Exit) {
        var letters = word.dropFirst()
        // `-model x` is a long option with a dash too few, and not the model "odel".
        let long = String(letters.prefix { $0 != "=" })
        if long.count > 1, chain.typeableOptions.contains(where: { $0.name == long }) {
            throw .mistake(unknown("-\(long)", long))
        }
        while let letter = letters.popFirst() {
            chooseDefault { $0.short == letter }
            guard let option = chain.options.first(where: { $0.short == letter }) else {
                throw .mistake(unknown("-\(letter)", long.count > 1 ? long : nil))
            }
            if option.isSwitch {
                guard letters.first != "=" else { throw unexpectedValue("-\(letter)", option) }
                try take(option, value: "true", as: "-\(letter)")
            } else {
                let attached = letters.isEmpty ? nil : String(letters.first == "=" ? letters.dropFirst() : letters)
                return try take(option, attached: attached, as: "-\(letter)")
            }
        }
    }

    /// An option of the command that runs by default chooses it.
    private mutating func chooseDefault(where isMeant: (Option) -> Bool) {
        guard !chain.options.contains(where: isMeant), let command = current.defaultCommand,
            command.options.contains(where: isMeant)
        else { return }
        chain.append(command)
        isChosenByOption = true
    }

    private mutating func take(_ option: Option, attached: String?, as spelling: String) throws(Exit) {
        if let attached {
            try take(option, value: attached, as: spelling)
        } else {
            try take(option, value: nextValue(of: spelling), as: spelling)
        }
    }

    /// The word behind an option. What is an option itself is no value: it was rather forgotten.
    private mutating func nextValue(of spelling: String) throws(Exit) -> String {
        guard let word = words.first else { throw .mistake(UsageError("missing value for '\(spelling)'")) }
        guard !isOption(word) else {
            let joined = spelling.hasPrefix("--") ? "\(spelling)=\(word)" : "\(spelling)\(word)"
            throw .mistake(
                UsageError(
                    "missing value for '\(spelling)'", hint: "write '\(joined)' if '\(word)' is meant to be the value"))
        }
        words.removeFirst()
        return word
    }

    private func isOption(_ word: String) -> Bool {
        guard word.hasPrefix("-"), word != "-" else { return false }
        if word == "--" { return true }
        let name = word.dropFirst(2).prefix { $0 != "=" }
        return chain.options.contains { option in
            word.hasPrefix("--")
                ? option.name == name || option.hasNegation && "no-\(option.name)" == name
                : word.count == 2 && option.short == word.last
        }
    }

    private mutating func take(_ option: Option, value: String, as spelling: String) throws(Exit) {
        if option.name == Option.help.name { throw .settled(.help(chain)) }
        if option.name == Option.version.name { throw .settled(.version) }
        // An empty value takes a setting back: the fallback holds, whatever the environment or the file say.
        if value.isEmpty, option.isSetting, !option.repeats {
            values[option.name] = []
            return
        }
        do {
            let checked = try option.checked(value)
            if option.repeats {
                values[option.name, default: []].append(checked)
            } else {
                values[option.name] = [checked]
            }
        } catch {
            throw .mistake(UsageError("invalid value for '\(spelling)': \(error.message)", hint: error.hint))
        }
    }
}

// MARK: - Mistakes

extension ArgumentParser {
    private func unexpectedValue(_ spelling: String, _ option: Option) -> Exit {
        let hint = option.hasNegation ? "it is on with '--\(option.name)' and off with '--no-\(option.name)'" : nil
        return .mistake(UsageError("'\(spelling)' takes no value", hint: hint))
    }

    /// - Parameter name: the long name that may have been meant.
    private func unknown(_ spelling: String, _ name: String?) -> UsageError {
        UsageError("unknown option '\(spelling)'", hint: name.flatMap(suggestion))
    }

    private func suggestion(for name: String) -> String? {
        let known = chain.typeableOptions.flatMap { $0.hasNegation ? [$0.name, "no-\($0.name)"] : [$0.name] }
        if let near = known.first(where: { $0 == name }) ?? Spelling.nearest(to: name, among: known) {
            return "did you mean '--\(near)'?"
        }
        if let option = chain.typeableOptions.first(where: { !$0.isSwitch && "no-\($0.name)" == name }) {
            return "'--\(option.name)' takes a value and has no negation"
        }
        // It may belong to a command below this one, or be in front of its command.
        for (path, command) in current.shownTree.dropFirst() where command.options.contains(where: { $0.name == name })
        {
            let words = (chain.dropLast().map(\.name) + path).joined(separator: " ")
            return "'--\(name)' stands behind its command: '\(words) --\(name)'"
        }
        return nil
    }
}
