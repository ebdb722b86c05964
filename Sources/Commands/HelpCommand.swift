import LocalCodeCore

extension Command {
    /// `localcode help`.
    public static let help = Command(
        name: "help",
        summary: "Show the help of a command, or write man pages and completions",
        details: """
            Shows the same as --help behind the command.

            With --generate it writes the man pages or the completions of a shell instead. They are made from the same \
            table that reads the command line, so they are always complete. Without --output they go to standard output; \
            of the man pages that is the one of the program, or of the command that is named.
            """,
        operands: [
            Operand("COMMAND", "command to explain, with its subcommand", repeats: true, completion: .command)
        ],
        options: [
            Option(
                "generate", "g", value: "KIND", choices: GeneratedFiles.Kind.allCases.map(\.rawValue),
                help: "write the man pages or the completions of a shell"),
            Option(
                "output", "o", value: "DIR", completion: .directory,
                help: "directory to write the generated files to, made if it is missing"),
        ],
        examples: [
            Example("localcode help serve", "show the options of 'localcode serve'"),
            Example("localcode help --generate man --output ~/.local/share/man/man1", "install the man pages"),
            Example("source <(localcode help --generate bash)", "complete in this bash"),
        ],
        run: { try HelpCommand.run($0, program: .program) })
}

enum HelpCommand {
    static func run(_ invocation: Invocation, program: Command) throws {
        let output = invocation.context.output
        guard let kind = invocation["generate"].flatMap(GeneratedFiles.Kind.init) else {
            guard invocation["output"] == nil else {
                throw UsageError("'--output' needs '--generate'")
            }
            let chain = try chain(invocation.operands, program: program)
            return try output.write(HelpText.text(chain, on: output))
        }
        if let directory = invocation["output"] {
            guard invocation.operands.isEmpty else {
                throw UsageError("'--output' writes all files, so no command can be chosen")
            }
            try FileText.makeDirectory(directory)
            for file in GeneratedFiles.all(kind, of: program) {
                try FileText.write(file.text, to: "\(directory)/\(file.name)")
            }
        } else if kind == .man {
            // A subcommand is in the page of its command.
            try output.write(ManPage.text(Array(chain(invocation.operands, program: program).prefix(2))))
        } else {
            guard invocation.operands.isEmpty else {
                throw UsageError("the completions are those of the whole program, so no command can be chosen")
            }
            for file in GeneratedFiles.all(kind, of: program) { try output.write(file.text) }
        }
    }

    /// The command that these words choose.
    private static func chain(_ words: [String], program: Command) throws(UsageError) -> [Command] {
        var chain = [program]
        for word in words {
            let below = chain[chain.count - 1].subcommands
            guard let command = below.first(where: { $0.name == word }) else {
                let near = Spelling.nearest(to: word, among: chain[chain.count - 1].shownSubcommands.map(\.name))
                throw UsageError(
                    "there is no command '\((chain.dropFirst().map(\.name) + [word]).joined(separator: " "))'",
                    hint: near.map { "did you mean '\($0)'?" })
            }
            chain.append(command)
        }
        return chain
    }
}
