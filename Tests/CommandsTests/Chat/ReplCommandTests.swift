import Testing

@testable import Commands

@Suite("REPL commands")
struct ReplCommandTests {
    @Test(arguments: [
        ("hello", ReplCommand.message("hello")),
        (" /etc/hosts, what is it?", .message(" /etc/hosts, what is it?")),
        ("/help", .help), ("/reset", .reset), ("/quit", .quit), ("/exit", .quit),
        ("/system  be brief ", .system("be brief")), ("/system", .system(nil)), ("/system a\nb", .system("a\nb")),
        ("/model glm-5", .model("glm-5")), ("/model ", .model(nil)),
        ("/file a b.txt", .file("a b.txt")), ("/file 'a b.txt'", .file("a b.txt")),
        (#"/file a\ b\\c"#, .file(#"a b\c"#)),
        ("/image x.png", .image("x.png")), ("/save out.md", .save("out.md")),
        ("/file", .mistake("a path is missing", hint: "/file PATH")),
        ("/sistem x", .mistake("unknown command '/sistem'", hint: "did you mean /system?")),
    ])
    func parse(_ line: String, _ expected: ReplCommand) {
        #expect(ReplCommand.parse(line) == expected)
    }

    @Test("An unknown command that resembles none says how to send it as a message")
    func unknown() {
        guard case .mistake(_, let hint) = ReplCommand.parse("/etc/hosts") else { return #expect(Bool(false)) }
        #expect(hint.contains("space"))
    }

    @Test(arguments: [
        (["one"], ["one"]),
        ([""], [""]),
        (["one\\", "two"], ["one\ntwo"]),
        (["one\\", "\\", "two"], ["one\n\ntwo"]),
        (["\"\"\"", "one", "two", "\"\"\""], ["one\ntwo"]),
        (["\"\"\"one", "two\"\"\""], ["one\ntwo"]),
        (["\"\"\"one\"\"\""], ["one"]),
        (["\"\"\"one\\", "two\"\"\" and more"], ["one\\\ntwo and more"]),
        (["a\nb"], ["a\nb"]),
        (["one\\", "two", "three"], ["one\ntwo", "three"]),
    ])
    func severalLines(_ lines: [String], _ expected: [String]) {
        var input = ReplInput()
        let inputs = lines.compactMap { input.add($0) }
        #expect(inputs == expected)
        #expect(!input.isOpen)
    }

    @Test("An open block says so")
    func open() {
        var input = ReplInput()
        let block = input.add("\"\"\"")
        #expect(block == nil)
        #expect(input.isOpen)
        var line = ReplInput()
        let unfinished = line.add("x\\")
        #expect(unfinished == nil)
        #expect(line.isOpen)
    }
}
