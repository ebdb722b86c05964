import Commands

/// A small table that has one of everything.
enum SampleProgram {
    static let program = Command(
        name: "localcode", summary: "A program to test with",
        subcommands: [
            Command(
                name: "serve", summary: "Serve",
                options: [
                    Option(
                        "port", "p", value: "PORT", fallback: "4242", isSetting: true, kind: .integer(0...65535),
                        help: "port"),
                    Option("model", "m", value: "NAME", isSetting: true, help: "model"),
                    Option("key", value: "KEY", isSetting: true, environment: "OTHER_KEY", isSecret: true, help: "key"),
                    Option(
                        "format", value: "HOW", fallback: "pretty", isSetting: true, choices: ["pretty", "json"],
                        help: "form"),
                    Option("origin", value: "URL", repeats: true, isSetting: true, kind: .url, help: "origin"),
                    Option("cache-dir", value: "DIR", isSetting: true, completion: .directory, help: "cache"),
                    Option("wait", value: "TIME", isSetting: true, kind: .duration, help: "time"),
                    Option("limit", value: "SIZE", isSetting: true, kind: .size, help: "size"),
                    Option("heat", value: "T", isSetting: true, kind: .number(0...2), help: "number"),
                    Option("auto", fallback: "true", isSetting: true, help: "switch that is on"),
                    Option("quiet", "q", isSetting: true, help: "switch"),
                    Option("yes", "y", help: "switch"),
                    Option("file", "f", value: "FILE", repeats: true, completion: .file, help: "file"),
                ]),
            Command(
                name: "copy", summary: "Copy",
                operands: [Operand("FROM", "source", isRequired: true), Operand("TO", "target")]),
            Command(name: "echo", summary: "Echo", operands: [Operand("WORD", "word", repeats: true)]),
            Command(
                name: "config", summary: "Configure",
                subcommands: [
                    Command(name: "check", summary: "Check", operands: [Operand("FILE", "file")]),
                    Command(name: "show", summary: "Show", options: [Option("json", help: "as JSON")]),
                    Command(name: "secret", summary: "Hide", isHidden: true),
                ]),
        ])

    static var serve: Command { program.subcommands[0] }
}
