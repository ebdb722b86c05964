/// Writes the man pages: one for the program and one for each of its commands. Commands below those are in their page.
enum ManPage {
    /// The pages of a program, by file name.
    static func all(of program: Command) -> [(name: String, text: String)] {
        let pages = [[program]] + program.shownSubcommands.map { [program, $0] }
        return pages.map { ("\(name($0)).1", text($0)) }
    }

    /// The page of a program or of one of its commands.
    static func text(_ chain: [Command]) -> String {
        guard let program = chain.first, let command = chain.last else { return "" }
        var page = Roff(
            title: name(chain).uppercased(), date: Version.date, source: "\(program.name) \(Version.number)",
            manual: "LocalCode Manual")
        page.section("NAME")
        page.markup("\(Roff.escaped(name(chain))) \\- \(Roff.escaped(command.summary))")
        page.section("SYNOPSIS")
        synopsis(chain, &page)
        page.section("DESCRIPTION")
        page.paragraphs(command.details.isEmpty ? "\(command.summary)." : command.details)
        if chain.count == 1 { commands(of: program, &page) } else { subcommands(of: chain, &page) }
        operands(command, &page)
        options(chain, &page)
        exitStatus(&page)
        environment(chain, &page)
        files(&page)
        examples(command.shownTree.flatMap(\.command.examples), &page)
        seeAlso(chain, &page)
        return page.text
    }

    private static func name(_ chain: [Command]) -> String { chain.map(\.name).joined(separator: "-") }

    private static func synopsis(_ chain: [Command], _ page: inout Roff) {
        page.markup("\(Roff.bold(chain.words)) \(marked(chain.synopsis))")
        guard chain.count > 1, let command = chain.last else { return }
        for below in command.shownSubcommands {
            let deeper = chain + [below]
            page.markup(".br")
            page.markup("\(Roff.bold(deeper.words)) \(marked(deeper.synopsis))")
        }
    }

    /// A synopsis with its names in italics and its brackets upright.
    private static func marked(_ synopsis: String) -> String {
        synopsis.split(separator: " ").map { word in
            let name = word.filter(\.isLetter)
            return word.hasPrefix("[")
                ? "[\(Roff.italic(name))\(word.contains("...") ? "\\&..." : "")]"
                : Roff.italic(name) + (word.contains("...") ? "\\&..." : "")
        }.joined(separator: " ")
    }

    // MARK: - Sections

    private static func commands(of program: Command, _ page: inout Roff) {
        page.section("COMMANDS")
        for command in program.shownSubcommands {
            page.item("\(Roff.bold("\(program.name)-\(command.name)"))(1)", "\(command.summary).")
        }
    }

    private static func subcommands(of chain: [Command], _ page: inout Roff) {
        guard let command = chain.last, !command.shownSubcommands.isEmpty else { return }
        page.section("COMMANDS")
        for below in command.shownSubcommands {
            let deeper = chain + [below]
            page.subsection("\(deeper.words) \(deeper.synopsis)")
            let isDefault = below.name == command.defaultSubcommand
            let remark = isDefault ? " This is what '\(chain.words)' does without a command." : ""
            page.paragraphs("\(below.summary).\(remark)\n\n\(below.details)")
            for operand in below.operands { page.item(Roff.italic(operand.name), sentence(operand.help)) }
            for option in below.options { item(option, &page) }
        }
    }

    private static func operands(_ command: Command, _ page: inout Roff) {
        guard !command.operands.isEmpty else { return }
        page.section("OPERANDS")
        for operand in command.operands { page.item(Roff.italic(operand.name), sentence(operand.help)) }
    }

    private static func options(_ chain: [Command], _ page: inout Roff) {
        page.section("OPTIONS")
        page.paragraphs(
            """
            Options may stand before and behind operands, and '--' ends them. A value is the next word or stands behind an \
            equals sign ('--name=value', '-n=value'); behind a short option it may also follow directly ('-nvalue'). A \
            switch is turned off with '--no-' in front of its name.
            """)
        for option in chain.flatMap(\.options) + Option.global { item(option, &page) }
    }

    private static func item(_ option: Option, _ page: inout Roff) {
        let short = option.short.map { "\(Roff.bold("-\($0)")), " } ?? ""
        let name = option.isOnByDefault ? "--no-\(option.name)" : "--\(option.name)"
        let value = option.value.map { " \(Roff.italic($0))" } ?? ""
        var text = option.isOnByDefault ? "Do not: \(option.help)." : sentence(option.help)
        if !option.choices.isEmpty { text += " One of \(option.choices.joined(separator: ", "))." }
        if option.repeats { text += " Can be repeated." }
        if let fallback = option.fallback, !option.isSwitch { text += " The default is \(fallback)." }
        if option.isSetting { text += " Key in localcode.yaml: \(option.name)." }
        let variables = option.environmentNames
        if !variables.isEmpty { text += " Environment: \(variables.joined(separator: ", then "))." }
        page.item(short + Roff.bold(name) + value, option.details.isEmpty ? text : "\(text)\n\n\(option.details)")
    }

    private static func exitStatus(_ page: inout Roff) {
        page.section("EXIT STATUS")
        for (status, meaning) in ExitStatus.meanings { page.item(Roff.bold("\(status.rawValue)"), "\(meaning).") }
    }

    private static func environment(_ chain: [Command], _ page: inout Roff) {
        page.section("ENVIRONMENT")
        page.paragraphs(
            """
            A setting is taken from the command line, else from the environment, else from localcode.yaml, else its \
            default holds. A variable that is empty counts as not set, and an empty value on the command line brings the \
            default back.
            """)
        let options =
            chain.last.map { chain.dropLast().flatMap(\.options) + $0.shownTree.flatMap(\.command.options) } ?? []
        var seen: Set<String> = []
        for option in options + Option.global where seen.insert(option.name).inserted {
            for variable in option.environmentNames { page.item(Roff.bold(variable), "Same as --\(option.name).") }
        }
        page.item(Roff.bold("NO_COLOR"), "Colours are not used when this is set and not empty.")
    }

    private static func files(_ page: inout Roff) {
        page.section("FILES")
        page.item(
            Roff.bold("localcode.yaml"),
            """
            The settings, one 'key: value' a line; the keys are the long names of the options. Relative paths in it start \
            from its own directory. It is looked for in the working directory, then in \
            ${XDG_CONFIG_HOME:-~/.config}/localcode/, and the first one found is used.
            """)
        page.item(
            Roff.bold("${XDG_DATA_HOME:-~/.local/share}/localcode/"),
            "The engine and the models that were set up with LocalCode.")
    }

    private static func examples(_ examples: [Example], _ page: inout Roff) {
        guard !examples.isEmpty else { return }
        page.section("EXAMPLES")
        for (index, example) in examples.enumerated() {
            if index > 0 { page.markup(".PP") }
            page.paragraphs("\(sentence(example.help).dropLast()):")
            page.example(example.line)
        }
    }

    private static func seeAlso(_ chain: [Command], _ page: inout Roff) {
        guard let program = chain.first else { return }
        let others = [[program]] + program.shownSubcommands.map { [program, $0] }
        page.section("SEE ALSO")
        let names = others.map(name).filter { $0 != name(chain) }
        page.markup(names.map { "\(Roff.bold($0))(1)" }.joined(separator: ",\n"))
    }

    /// A line of help as a sentence.
    private static func sentence(_ help: String) -> String {
        // A name such as llama-server or localcode.yaml keeps its letter.
        let word = help.prefix { $0 != " " }
        return (word.allSatisfy(\.isLetter) ? help.prefix(1).uppercased() + help.dropFirst() : help) + "."
    }
}
