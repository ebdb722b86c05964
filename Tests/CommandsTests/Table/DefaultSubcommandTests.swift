import Testing

@testable import Commands

@Suite("Command line: a subcommand that runs by default")
struct DefaultSubcommandTests {
    private static let program = Command(
        name: "localcode", summary: "A program to test with",
        subcommands: [
            Command(
                name: "things", summary: "Things",
                options: [Option("loud", "l", help: "louder")],
                subcommands: [
                    Command(
                        name: "ls", summary: "List them", details: "All of them.",
                        options: [
                            Option("json", "j", help: "as JSON"),
                            Option("port", "p", value: "PORT", kind: .integer(0...65535), help: "port"),
                        ]),
                    Command(
                        name: "show", summary: "Show one", operands: [Operand("NAME", "name", isRequired: true)],
                        options: [Option("json", "j", help: "as JSON"), Option("deep", help: "deeper")]),
                ], defaultSubcommand: "ls")
        ])

    private func parse(_ line: String) -> ParseResult {
        ArgumentParser.parse(line.split(separator: " ").map(String.init), program: Self.program)
    }

    @Test(
        "it runs when none is typed, or when one of its options is",
        arguments: [
            ("things", [:]), ("things ls", [:]), ("things --json", ["json": ["true"]]),
            ("things --no-json", ["json": ["false"]]), ("things -jp80", ["json": ["true"], "port": ["80"]]),
            ("things --port=80 -l", ["port": ["80"], "loud": ["true"]]), ("things -l", ["loud": ["true"]]),
            ("things -l -p 80 ls -j", ["loud": ["true"], "port": ["80"], "json": ["true"]]), ("things --", [:]),
        ])
    func runs(line: String, values: [String: [String]]) {
        guard case .run(let typed) = parse(line) else {
            Issue.record("\(parse(line))")
            return
        }
        #expect(typed.path == ["things", "ls"] && typed.operands.isEmpty)
        #expect(typed.values == values)
    }

    @Test("the others are chosen by their name", arguments: ["things show a --json", "things -l show --deep a"])
    func others(line: String) {
        guard case .run(let typed) = parse(line) else {
            Issue.record("\(parse(line))")
            return
        }
        #expect(typed.path == ["things", "show"] && typed.operands == ["a"])
    }

    @Test(
        "mistakes are told as elsewhere",
        arguments: [
            ("things lst", "unknown command 'lst'; did you mean 'localcode things ls'?"),
            ("things --jsn", "unknown option '--jsn'; did you mean '--json'?"),
            ("things -json", "unknown option '-json'; did you mean '--json'?"),
            ("things --no-port 1", "unknown option '--no-port'; '--port' takes a value and has no negation"),
            (
                "things --deep a",
                "unknown option '--deep'; '--deep' stands behind its command: 'localcode things show --deep'"
            ),
            (
                "things --json show a",
                "unexpected operand 'show'; a command stands before its options: 'localcode things show'"
            ),
            ("things --json other", "unexpected operand 'other'; 'localcode things ls' takes options only"),
            ("things ls ls", "unexpected operand 'ls'; 'localcode things ls' takes options only"),
            ("things --json ls ls", "unexpected operand 'ls'; 'localcode things ls' takes options only"),
            ("things show", "missing operand NAME; NAME: name"),
        ])
    func mistakes(line: String, message: String) {
        guard case .mistake(let error, _) = parse(line) else {
            Issue.record("\(parse(line))")
            return
        }
        #expect(error.message + (error.hint.map { "; \($0)" } ?? "") == message)
    }

    @Test("help is that of the group, and says what runs")
    func help() throws {
        guard case .help(let chain) = parse("things --help") else {
            Issue.record("\(parse("things --help"))")
            return
        }
        #expect(chain.map(\.name) == ["localcode", "things"])
        let text = HelpText.text(chain, width: 80, hasColor: false)
        #expect(text.hasPrefix("Usage: localcode things [COMMAND] [OPTIONS]\n"))
        #expect(text.contains("  ls    List them (default)\n"))
        let page = ManPage.text(chain)
        #expect(page.contains("List them. This is what \\(aqlocalcode things\\(aq does without a command."))
    }

    @Test("shells offer its options", arguments: [GeneratedFiles.Kind.bash, .zsh, .fish])
    func completions(kind: GeneratedFiles.Kind) throws {
        let entry = try #require(
            CompletionTable(program: Self.program).entries.first { $0.words == "localcode things" })
        #expect(entry.options.map(\.name) == ["loud", "config", "help", "version", "json", "port"])
        #expect(GeneratedFiles.all(kind, of: Self.program).map(\.text).joined().contains("json"))
    }
}
