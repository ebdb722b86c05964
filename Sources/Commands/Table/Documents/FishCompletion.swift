/// Writes the completions for fish (3.0 and newer).
enum FishCompletion {
    static func text(_ program: Command) -> String {
        let entries = CompletionTable(program: program).entries
        return """
            # Completions of localcode for fish.
            # Written by 'localcode help --generate fish'; edit the command table instead.

            # Prints the command that the words before the cursor choose.
            function __localcode_path
                set -l path localcode
                set -l skip 0
                for word in (commandline -opc)[2..-1]
                    if test $skip = 1
                        set skip 0
                        continue
                    end
                    if test "$word" = --
                        break
                    end
                    switch "$path:$word"
            \(entries.flatMap(steps).joined(separator: "\n"))
                    end
                end
                echo $path
            end

            function __localcode_at
                test (__localcode_path) = $argv[1]
            end

            complete -c localcode -f
            \(entries.flatMap { lines($0, program) }.joined(separator: "\n"))

            """
    }

    /// What one word does to the path: a command goes down, an option with a value skips a word.
    private static func steps(_ entry: CompletionTable.Entry) -> [String] {
        let options = entry.options.filter { !$0.isSwitch }.flatMap(\.spellings).map { quoted("\(entry.words):\($0)") }
        let skip = ["            case \(options.joined(separator: " "))", "                set skip 1"]
        return entry.commands.reduce(skip) { lines, command in
            lines + [
                "            case \(quoted("\(entry.words):\(command.name)"))",
                "                set path \(quoted("\(entry.words) \(command.name)"))",
            ]
        }
    }

    private static func lines(_ entry: CompletionTable.Entry, _ program: Command) -> [String] {
        let start = "complete -c localcode -n \(quoted("__localcode_at \(quoted(entry.words))"))"
        let commands = entry.commands.map { "\(start) -a \($0.name) -d \(quoted($0.summary))" }
        let operands = Set(entry.operands.map(\.completion)).subtracting([.none]).sorted { "\($0)" < "\($1)" }.map {
            "\(start) \(action($0, program))"
        }
        let options = entry.options.map { option in
            let short = option.short.map { " -s \($0)" } ?? ""
            return "\(start) -l \(option.offered)\(short)\(value(option)) -d \(quoted(option.help))"
        }
        return commands + operands + options
    }

    private static func value(_ option: Option) -> String {
        if option.isSwitch { return "" }
        if !option.choices.isEmpty { return " -x -a \(quoted(option.choices.joined(separator: " ")))" }
        switch option.completion {
        case .none, .command: return " -x"
        case .file: return " -r -F"
        case .directory, .host: return " -x \(action(option.completion, nil))"
        }
    }

    private static func action(_ completion: Completion, _ program: Command?) -> String {
        switch completion {
        case .none: ""
        case .file: "-F"
        case .directory: "-a '(__fish_complete_directories)'"
        case .host: "-a '127.0.0.1 localhost'"
        case .command: "-a \(quoted((program?.shownSubcommands ?? []).map(\.name).joined(separator: " ")))"
        }
    }

    /// A word in single quotes, where fish knows two escapes.
    private static func quoted(_ text: String) -> String {
        "'" + text.replacing("\\", with: "\\\\").replacing("'", with: "\\'") + "'"
    }
}
