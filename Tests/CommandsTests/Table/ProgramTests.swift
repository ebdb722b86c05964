import LocalCodeCore
import Testing

@testable import Commands

@Suite("Program: errors and exit statuses")
struct ProgramTests {
    private func program(_ work: @escaping @Sendable (Invocation) async throws -> Void) -> Command {
        Command(name: "localcode", summary: "Test", subcommands: [Command(name: "do", summary: "Do", run: work)])
    }

    @Test("success")
    func success() async {
        let outside = TestContext()
        #expect(await outside.run("do", program: program { try $0.context.output.write("done\n") }) == 0)
        #expect(outside.output == "done\n")
        #expect(outside.error.isEmpty)
    }

    @Test("a failure has status 1 and its hint")
    func failure() async {
        let outside = TestContext()
        #expect(await outside.run("do", program: program { _ in throw Failure("it broke", hint: "mend it") }) == 1)
        #expect(outside.error == "localcode: error: it broke\n  hint: mend it\n")
    }

    @Test("a mistake has status 2 and says where help is, also when the command finds it")
    func mistake() async {
        let (first, second) = (TestContext(), TestContext())
        #expect(await first.run("do", "-x", program: program { _ in }) == 2)
        #expect(first.error == "localcode: error: unknown option '-x'\ntry 'localcode do --help'\n")
        #expect(await second.run("do", program: program { _ in throw UsageError("not both") }) == 2)
        #expect(second.error == "localcode: error: not both\ntry 'localcode do --help'\n")
    }

    @Test("a closed pipe is no error")
    func pipe() async {
        let outside = TestContext()
        #expect(await outside.run("do", program: program { _ in throw BrokenPipe() }) == 0)
        #expect(outside.error.isEmpty)
        var context = outside.context
        context.output.write = { _ in throw BrokenPipe() }
        #expect(await Program.run(["--help"], context: context) == 0)
    }

    @Test("any other error has status 1")
    func other() async {
        let outside = TestContext()
        #expect(await outside.run("do", program: program { _ in throw CancellationError() }) == 1)
        #expect(outside.error.hasPrefix("localcode: error: "))
    }

    @Test("no command prints the help, but as a mistake")
    func nothing() async {
        let outside = TestContext()
        #expect(await outside.run() == 2)
        #expect(outside.output.isEmpty)
        #expect(outside.error.hasPrefix("Usage: localcode COMMAND [OPTIONS]\n"))
    }

    @Test("the version")
    func version() async {
        let outside = TestContext()
        #expect(await outside.run("--version") == 0)
        #expect(outside.output == "localcode \(Version.number)\n")
    }
}
