/// Writes the completions for zsh: one function a command, in the manner of its `_arguments`.
enum ZshCompletion {
    static func text(_ program: Command) -> String {
        let functions = CompletionTable(program: program).entries.map { function($0, program) }
        return """
            #compdef localcode
            # Completions of localcode for zsh.
            # Written by 'localcode help --generate zsh'; edit the command table instead.

            \(functions.reversed().joined(separator: "\n\n"))

            _localcode "$@"

            """
    }

    private static func function(_ entry: CompletionTable.Entry, _ program: Command) -> String {
        let options = entry.options.map { "        \(specification($0)) \\" }
        let start = """
            \(name(entry.chain))() {
                local curcontext=$curcontext state line ret=1
                typeset -A opt_args
                _arguments -s -S -C \\
            """
        if entry.commands.isEmpty {
            let operands = entry.operands.enumerated().map { index, operand in
                let position = operand.repeats ? "*" : "\(index + 1)"
                let optional = operand.isRequired || operand.repeats ? ":" : "::"
                return
                    "        '\(position)\(optional)\(escaped(operand.name)):\(action(operand.completion, program))' \\"
            }
            return ([start] + options + operands + ["        && ret=0", "    return ret", "}"]).joined(separator: "\n")
        }
        let descriptions = entry.commands.map { "            '\($0.name):\(escaped($0.summary))'" }
        let cases = entry.commands.map { "            \($0.name)) \(name(entry.chain + [$0])) && ret=0 ;;" }
        let end = """
                    '1:command:->command' \\
                    '*::argument:->argument' \\
                    && ret=0
                case $state in
                command)
                    local -a commands=(
            \(descriptions.joined(separator: "\n"))
                    )
                    _describe -t commands command commands && ret=0
                    ;;
                argument)
                    case $line[1] in
            \(cases.joined(separator: "\n"))
                    esac
                    ;;
                esac
                return ret
            }
            """
        return ([start] + options + [end]).joined(separator: "\n")
    }

    private static func name(_ chain: [Command]) -> String { "_" + chain.map(\.name).joined(separator: "_") }

    /// One argument of `_arguments`: `'(-p --port)'{-p+,--port=}'[port of the proxy]:PORT: '`.
    private static func specification(_ option: Option) -> String {
        let description = "[\(escaped(option.help))]"
        let value = option.value.map { ":\($0):\(valueAction(option))" } ?? ""
        let long = "--\(option.offered)" + (option.isSwitch ? "" : "=")
        let isRepeatable = option.repeats
        guard let short = option.short else {
            return "'\(isRepeatable ? "*" : "")\(long)\(description)\(value)'"
        }
        let spellings = "{-\(short)\(option.isSwitch ? "" : "+"),\(long)}"
        let exclusion = isRepeatable ? "'*'" : "'(-\(short) --\(option.offered))'"
        return "\(exclusion)\(spellings)'\(description)\(value)'"
    }

    private static func valueAction(_ option: Option) -> String {
        option.choices.isEmpty ? action(option.completion, nil) : "(\(option.choices.joined(separator: " ")))"
    }

    private static func action(_ completion: Completion, _ program: Command?) -> String {
        switch completion {
        case .none: " "
        case .file: "_files"
        case .directory: "_files -/"
        case .host: "_hosts"
        case .command: "(\((program?.shownSubcommands ?? []).map(\.name).joined(separator: " ")))"
        }
    }

    /// Text inside single quotes where `[`, `]` and `:` have a meaning.
    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            switch character {
            case "'": result += "'\\''"
            case "[", "]", ":", "\\": result += "\\\(character)"
            default: result.append(character)
            }
        }
    }
}
