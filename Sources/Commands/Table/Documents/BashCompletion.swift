/// Writes the completions for bash (3.2 and newer), which need no other package.
enum BashCompletion {
    static func text(_ program: Command) -> String {
        let entries = CompletionTable(program: program).entries
        return """
            # Completions of localcode for bash.
            # Written by 'localcode help --generate bash'; edit the command table instead.

            # Sets what can be typed behind the command $1.
            _localcode_table() {
                case $1 in
            \(entries.map(table).joined(separator: "\n"))
                esac
            }

            # Completes the value $3 of the option $2 of the command $1.
            _localcode_value() {
                case "$1:$2" in
            \(entries.flatMap(values).joined(separator: "\n"))
                esac
            }

            # Completes the operand $2 of the command $1.
            _localcode_operand() {
                case $1 in
            \(entries.compactMap { operands($0, program) }.joined(separator: "\n"))
                *) ;;
                esac
            }

            # Offers what compgen prints for these arguments.
            _localcode_offer() {
                local line
                COMPREPLY=()
                while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen "$@")
            }

            _localcode_words() {
                _localcode_offer -W "$1" -- "$2"
            }

            _localcode_paths() {
                _localcode_offer "$1" -- "$2"
                compopt -o filenames 2>/dev/null
            }

            _localcode() {
                local commands options values path=localcode ended="" word option i
                local current=${COMP_WORDS[COMP_CWORD]}
                COMPREPLY=()
                _localcode_table "$path"
                for ((i = 1; i < COMP_CWORD; i++)); do
                    word=${COMP_WORDS[i]}
                    if [[ $word == -- ]]; then
                        ended=1
                        break
                    elif [[ " $values " == *" $word "* ]]; then
                        # Bash splits --option=value into three words.
                        [[ ${COMP_WORDS[i + 1]} == "=" ]] && ((i++))
                        ((i++))
                    elif [[ " $commands " == *" $word "* ]]; then
                        path="$path $word"
                        _localcode_table "$path"
                    fi
                done
                if [[ -z $ended ]]; then
                    option=${COMP_WORDS[COMP_CWORD - 1]}
                    if [[ $current == "=" ]]; then
                        current=
                    elif [[ $option == "=" ]] && ((COMP_CWORD > 2)); then
                        option=${COMP_WORDS[COMP_CWORD - 2]}
                    fi
                    if [[ $option == -* && " $values " == *" $option "* ]]; then
                        _localcode_value "$path" "$option" "$current"
                        return
                    elif [[ $current == -* ]]; then
                        _localcode_words "$options" "$current"
                        return
                    fi
                fi
                if [[ -n $commands ]]; then
                    _localcode_words "$commands" "$current"
                else
                    _localcode_operand "$path" "$current"
                fi
            }

            complete -F _localcode localcode

            """
    }

    private static func table(_ entry: CompletionTable.Entry) -> String {
        let options = entry.options.flatMap(\.spellings).joined(separator: " ")
        let values = entry.options.filter { !$0.isSwitch }.flatMap(\.spellings).joined(separator: " ")
        return """
                "\(entry.words)")
                    commands="\(entry.commands.map(\.name).joined(separator: " "))"
                    options="\(options)"
                    values="\(values)"
                    ;;
            """
    }

    private static func values(_ entry: CompletionTable.Entry) -> [String] {
        entry.options.compactMap { option in
            guard !option.isSwitch else { return nil }
            let action: String
            if !option.choices.isEmpty {
                action = "_localcode_words \"\(option.choices.joined(separator: " "))\" \"$3\""
            } else {
                switch option.completion {
                case .file: action = "_localcode_paths -f \"$3\""
                case .directory: action = "_localcode_paths -d \"$3\""
                case .host: action = "_localcode_words \"127.0.0.1 localhost\" \"$3\""
                case .command, .none: return nil
                }
            }
            let patterns = option.spellings.map { "\"\(entry.words):\($0)\"" }.joined(separator: " | ")
            return "    \(patterns)) \(action) ;;"
        }
    }

    private static func operands(_ entry: CompletionTable.Entry, _ program: Command) -> String? {
        guard let operand = entry.operands.first(where: { $0.completion != .none }) else { return nil }
        let action: String
        switch operand.completion {
        case .file: action = "_localcode_paths -f \"$2\""
        case .directory: action = "_localcode_paths -d \"$2\""
        case .command:
            action = "_localcode_words \"\(program.shownSubcommands.map(\.name).joined(separator: " "))\" \"$2\""
        case .host: action = "_localcode_words \"127.0.0.1 localhost\" \"$2\""
        case .none: return nil
        }
        return "    \"\(entry.words)\") \(action) ;;"
    }
}
