extension Command {
    /// Every subcommand, in the order of the documentation.
    public static let all: [Command] = [
        serve, models, chat, fim, rerank, grammar, route, cacheCommand, state, bench, config, help,
    ]

    /// The program itself: the root of the table.
    public static let program = Command(
        name: "localcode",
        summary: "Proxy and command line for local language models and GLM",
        details: """
            LocalCode stands between a coding agent and its models. It serves the OpenAI API on port 4242 in front of \
            llama.cpp's llama-server and of the GLM API of Z.ai, and does one-off work in a shell and in scripts.
            """,
        examples: [
            Example("localcode serve", "start the proxy on http://127.0.0.1:4242"),
            Example("localcode chat \"why is this slow?\" < main.c", "ask one question about a file"),
            Example("localcode config opencode > opencode.json", "point OpenCode at the proxy"),
            Example("localcode cache why", "find out why the last request was not answered from the cache"),
        ],
        subcommands: all)
}

extension Command {
    /// This command and everything below it, each with the path of names that leads to it, this one's own name first.
    public var tree: [(path: [String], command: Command)] {
        [([name], self)] + subcommands.flatMap(\.tree).map { ([name] + $0.path, $0.command) }
    }

    /// The commands below this one that documentation, completions and suggestions know.
    public var shownSubcommands: [Command] { subcommands.filter { !$0.isHidden } }

    /// The command below this one that runs when none is typed.
    var defaultCommand: Command? {
        defaultSubcommand.flatMap { name in subcommands.first { $0.name == name } }
    }

    /// `tree` without the hidden commands.
    var shownTree: [(path: [String], command: Command)] {
        [([name], self)] + shownSubcommands.flatMap(\.shownTree).map { ([name] + $0.path, $0.command) }
    }

    /// Every setting of this command and those below it, each name once, in the order of the table.
    public var settings: [Option] {
        var seen: Set<String> = []
        return tree.flatMap(\.command.options).filter { $0.isSetting && seen.insert($0.name).inserted }
    }
}

extension Option {
    /// Options that every command takes.
    public static let global: [Option] = [
        Option(
            "config", value: "FILE", environment: "LOCALCODE_CONFIG", completion: .file,
            help: "read the settings from FILE instead of localcode.yaml",
            details: """
                Without it, localcode.yaml is looked for in the working directory, then in \
                ${XDG_CONFIG_HOME:-~/.config}/localcode/. The first one found is used.
                """),
        help,
        version,
    ]

    static let help = Option("help", "h", help: "show this help")
    static let version = Option("version", "V", help: "show the version")

    /// Whether the option takes no value.
    public var isSwitch: Bool { value == nil }

    /// A switch that is on by default: what one writes is its negation.
    public var isOnByDefault: Bool { isSwitch && fallback == "true" }

    /// Whether `--no-NAME` exists.
    public var hasNegation: Bool { isSwitch && name != Option.help.name && name != Option.version.name }

    /// The environment variables that are read, the first that is set and not empty wins.
    public var environmentNames: [String] {
        let own = isSetting ? ["LOCALCODE_" + name.uppercased().replacing("-", with: "_")] : []
        return own + (environment.map { [$0] } ?? [])
    }
}
