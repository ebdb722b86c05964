import Testing

@testable import Commands

@Suite("Command line: parser")
struct ArgumentParserTests {
    private func parse(_ line: String) -> ParseResult {
        ArgumentParser.parse(line.split(separator: " ").map(String.init), program: SampleProgram.program)
    }

    private func typed(_ line: String) throws -> TypedCommand {
        let result = parse(line)
        guard case .run(let typed) = result else { throw UsageError("'\(line)' gave \(result)") }
        return typed
    }

    private func mistake(_ line: String) -> String {
        guard case .mistake(let error, _) = parse(line) else { return "none" }
        return error.message + (error.hint.map { "; \($0)" } ?? "")
    }

    // MARK: Spellings

    @Test(
        "each way to give a value",
        arguments: [
            "serve --port 80", "serve --port=80", "serve -p 80", "serve -p80", "serve -p=80", "serve -yqp80",
            "serve -yp 80",
            "serve -p 1 --port 80", "serve --port=1 -p80",
        ])
    func value(line: String) throws { #expect(try typed(line).values["port"] == ["80"]) }

    @Test(
        "switches, their bundles and negations, the last one wins",
        arguments: [
            ("serve -q", "quiet", "true"), ("serve --quiet", "quiet", "true"), ("serve -yq", "quiet", "true"),
            ("serve -yq", "yes", "true"), ("serve --no-quiet", "quiet", "false"),
            ("serve -q --no-quiet", "quiet", "false"),
            ("serve --no-quiet -q", "quiet", "true"), ("serve --no-auto", "auto", "false"),
            ("serve --auto", "auto", "true"),
        ])
    func switches(line: String, name: String, value: String) throws { #expect(try typed(line).values[name] == [value]) }

    @Test("a repeated option keeps every value in order, another the last one")
    func repeated() throws {
        let typed = try typed("serve -f a --file=b -fc -m x -m y")
        #expect(typed.values["file"] == ["a", "b", "c"])
        #expect(typed.values["model"] == ["y"])
    }

    @Test(
        "values that look odd",
        arguments: [("--model=", ""), ("--model=a=b", "a=b"), ("-m -", "-"), ("-m -7", "-7"), ("--model ---", "---")])
    func oddValues(words: String, value: String) throws {
        #expect(try typed("serve \(words)").values["model"] == (value.isEmpty ? [] : [value]))
    }

    @Test("a secret is trimmed")
    func secret() {
        let result = ArgumentParser.parse(["serve", "--key", " k \n"], program: SampleProgram.program)
        guard case .run(let typed) = result else {
            Issue.record("\(result)")
            return
        }
        #expect(typed.values["key"] == ["k"])
    }

    // MARK: Operands

    @Test(
        "operands between options, a dash, and two dashes",
        arguments: [
            ("copy a b", ["a", "b"]), ("copy a", ["a"]), ("copy - b", ["-", "b"]), ("copy -- -a --b", ["-a", "--b"]),
            ("copy a -- b", ["a", "b"]), ("echo a -- -- b", ["a", "--", "b"]), ("echo", []), ("-- copy a", ["a"]),
            ("copy --config x a b", ["a", "b"]), ("echo serve", ["serve"]),
        ])
    func operands(line: String, operands: [String]) throws { #expect(try typed(line).operands == operands) }

    @Test("a command below a command, with global options everywhere")
    func nested() throws {
        for line in ["--config c config check f", "config --config c check f", "config check f --config c"] {
            let typed = try typed(line)
            #expect(typed.path == ["config", "check"])
            #expect(typed.values["config"] == ["c"])
            #expect(typed.operands == ["f"])
        }
        #expect(try typed("config secret").path == ["config", "secret"])
    }

    @Test("no command, or only the name of a group", arguments: ["", "config", "--config x", "--config x config"])
    func incomplete(line: String) {
        guard case .incomplete = parse(line) else {
            Issue.record("\(parse(line))")
            return
        }
    }

    // MARK: Mistakes

    @Test(
        "every mistake says what is wrong and what to do",
        arguments: [
            ("serve --prot 1", "unknown option '--prot'; did you mean '--port'?"),
            ("serve --prot -- --help", "unknown option '--prot'; did you mean '--port'?"),
            ("serve --prot=1", "unknown option '--prot'; did you mean '--port'?"),
            ("serve -port 1", "unknown option '-port'; did you mean '--port'?"),
            ("serve -model=x", "unknown option '-model'; did you mean '--model'?"),
            ("serve -quite", "unknown option '-u'; did you mean '--quiet'?"),
            ("serve -port80", "invalid value for '-p': 'ort80' is not a whole number from 0 to 65535"),
            ("serve --no-quite", "unknown option '--no-quite'; did you mean '--no-quiet'?"),
            ("serve -x", "unknown option '-x'"),
            ("serve --zzzzzz", "unknown option '--zzzzzz'"),
            ("serve --no-port 1", "unknown option '--no-port'; '--port' takes a value and has no negation"),
            ("serve --no-help", "unknown option '--no-help'"),
            ("srve", "unknown command 'srve'; did you mean 'localcode serve'?"),
            ("config chek", "unknown command 'chek'; did you mean 'localcode config check'?"),
            ("config secre", "unknown command 'secre'"),
            ("--port 1 serve", "unknown option '--port'; '--port' stands behind its command: 'localcode serve --port'"),
            (
                "config --json show",
                "unknown option '--json'; '--json' stands behind its command: 'localcode config show --json'"
            ),
            ("serve --port", "missing value for '--port'"),
            ("serve -p", "missing value for '-p'"),
            (
                "serve --model --quiet",
                "missing value for '--model'; write '--model=--quiet' if '--quiet' is meant to be the value"
            ),
            ("serve -m -q", "missing value for '-m'; write '-m-q' if '-q' is meant to be the value"),
            ("serve --quiet=yes", "'--quiet' takes no value; it is on with '--quiet' and off with '--no-quiet'"),
            ("serve --no-quiet=yes", "'--no-quiet' takes no value; it is on with '--quiet' and off with '--no-quiet'"),
            ("serve -q=yes", "'-q' takes no value; it is on with '--quiet' and off with '--no-quiet'"),
            ("serve --port=65536", "invalid value for '--port': '65536' is not a whole number from 0 to 65535"),
            (
                "serve --format jsn",
                "invalid value for '--format': 'jsn' is not one of pretty, json; did you mean 'json'?"
            ),
            ("serve extra", "unexpected operand 'extra'; 'localcode serve' takes options only"),
            ("copy a b c", "unexpected operand 'c'"),
            ("copy", "missing operand FROM; FROM: source"),
        ])
    func mistakes(line: String, message: String) { #expect(mistake(line) == message) }

    // MARK: Help and version

    @Test(
        "help wins over everything, wherever it stands",
        arguments: [
            ("--help", ["localcode"]), ("-h", ["localcode"]), ("serve -h", ["localcode", "serve"]),
            ("--help serve", ["localcode"]), ("serve -qh", ["localcode", "serve"]),
            ("serve --prot 1 --help", ["localcode", "serve"]), ("serve --port -h", ["localcode", "serve"]),
            ("srve -h", ["localcode"]), ("copy --help", ["localcode", "copy"]),
            ("config check a b c --help", ["localcode", "config", "check"]),
        ])
    func help(line: String, path: [String]) {
        guard case .help(let chain) = parse(line) else {
            Issue.record("\(parse(line))")
            return
        }
        #expect(chain.map(\.name) == path)
    }

    @Test("version, too", arguments: ["--version", "-V", "serve --version", "serve --prot -V", "serve -qV"])
    func version(line: String) {
        guard case .version = parse(line) else {
            Issue.record("\(parse(line))")
            return
        }
    }

    @Test("behind two dashes they are operands", arguments: ["echo -- --help", "echo -- -V"])
    func notHelp(line: String) throws { #expect(try typed(line).operands.count == 1) }
}
