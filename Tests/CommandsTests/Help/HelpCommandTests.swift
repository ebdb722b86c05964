import Support
import Testing

@testable import Commands

@Suite("Help: command")
struct HelpCommandTests {
    @Test("the overview lists every command that is not hidden")
    func overview() async {
        let outside = TestContext()
        #expect(await outside.run("help") == 0)
        for command in Command.all where !command.isHidden {
            #expect(outside.output.contains("\n  \(command.name) "), "\(command.name)")
        }
        #expect(outside.error.isEmpty)
    }

    @Test("every way to a command's help is the same")
    func ways() async {
        for (path, command) in Command.program.shownTree {
            let words = Array(path.dropFirst())
            let (first, second) = (TestContext(), TestContext())
            #expect(await Program.run(["help"] + words, context: first.context) == 0)
            #expect(await Program.run(words + ["--help"], context: second.context) == 0)
            #expect(first.output == second.output)
            for option in command.options { #expect(first.output.contains(option.spelling), "\(path) \(option.name)") }
        }
    }

    @Test("the sections in order, the lines within the width", arguments: [40, 80, 120])
    func layout(width: Int) {
        let chain = [SampleProgram.program, SampleProgram.serve]
        let text = HelpText.text(chain, width: width, hasColor: false)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let headings = lines.filter { $0.hasSuffix(":") && $0.first != " " }
        #expect(headings == ["Options:", "Common options:"])
        #expect(lines.first == "Usage: localcode serve [OPTIONS]")
        #expect(lines.allSatisfy { $0.count <= width })
        #expect(text.contains("--[no-]auto"))
        let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(words.contains("-p, --port PORT port (default: 4242)"))
        #expect(words.contains("--format HOW form (pretty, json; default: pretty)"))
        #expect(words.contains("-f, --file FILE file (can be repeated)"))
        #expect(words.contains("localcode.yaml ('port: ...') or in the environment (LOCALCODE_PORT)."))
    }

    @Test("the help of a group names the man page that there is", arguments: [["models"], ["cache"], []])
    func manPage(words: [String]) async {
        let outside = TestContext()
        #expect(await Program.run(words + ["--help"], context: outside.context) == 0)
        let page = (["localcode"] + words).joined(separator: "-")
        let text = outside.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(text.hasSuffix("or 'man \(page)'."))
        #expect(GeneratedFiles.all(.man, of: .program).contains { $0.name == "\(page).1" })
    }

    @Test("colours only where the stream has them")
    func colours() {
        #expect(!HelpText.text([SampleProgram.program], width: 80, hasColor: false).contains("\u{1B}"))
        #expect(HelpText.text([SampleProgram.program], width: 80, hasColor: true).contains("\u{1B}[1mUsage:\u{1B}[0m"))
    }

    @Test(
        "mistakes",
        arguments: [
            (["help", "srve"], "there is no command 'srve'\n  hint: did you mean 'serve'?"),
            (["help", "config", "chek"], "there is no command 'config chek'\n  hint: did you mean 'check'?"),
            (["help", "--output", "x"], "'--output' needs '--generate'"),
            (
                ["help", "--generate", "bash", "serve"],
                "the completions are those of the whole program, so no command can be chosen"
            ),
            (
                ["help", "--generate", "man", "-o", "x", "serve"],
                "'--output' writes all files, so no command can be chosen"
            ),
        ])
    func mistakes(arguments: [String], message: String) async {
        let outside = TestContext()
        #expect(await Program.run(arguments, context: outside.context) == 2)
        #expect(outside.error == "localcode: error: \(message)\ntry 'localcode help --help'\n")
    }

    @Test("writes the files of a kind into a directory that it makes, and to standard output")
    func generate() async throws {
        let directory = try TestDirectory()
        let made = "\(directory.path)/share/man"
        #expect(await TestContext().run("help", "--generate", "man", "--output", made) == 0)
        let page = try #require(try FileText.bytes(at: "\(made)/localcode-serve.1", limit: 1 << 20))
        let outside = TestContext()
        #expect(await outside.run("help", "--generate=man", "serve") == 0)
        #expect(outside.output == String(decoding: page, as: UTF8.self))
        let bash = TestContext()
        #expect(await bash.run("help", "-g", "bash") == 0)
        #expect(bash.output.hasSuffix("complete -F _localcode localcode\n"))
    }
}
