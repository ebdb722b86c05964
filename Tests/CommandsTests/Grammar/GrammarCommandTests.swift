import Commands
import LocalCodeCore
import Support
import Testing

@Suite("grammar") struct GrammarCommandTests {
    private let directory: TestDirectory

    init() throws {
        directory = try TestDirectory()
        try directory.write("root ::= item (\",\" item)*\nitem ::= [a-z]+\n", to: "list.gbnf")
        try directory.write("root ::= 'a'\nx ::= (\n", to: "bad.gbnf")
        try directory.write("root::=\"a\"   # yes\n", to: "loose.gbnf")
        try directory.write("a,b,c", to: "text")
    }

    private func run(_ arguments: String...) async -> (status: Int32, output: String, error: String) {
        let context = TestContext(directory: directory.path)
        let status = await Program.run(["grammar"] + arguments, context: context.context)
        return (status, context.output, context.error)
    }

    @Test("check: a good one")
    func good() async {
        let (status, output, error) = await run("check", "list.gbnf")
        #expect(status == 0 && error.isEmpty)
        #expect(output == "list.gbnf: in order, 2 rules\n")
    }

    @Test("check: mistakes with their places, and status 1")
    func bad() async {
        let (status, output, error) = await run("check", "list.gbnf", "bad.gbnf")
        #expect(status == 1)
        #expect(error == "localcode: error: not in order: bad.gbnf\n")
        #expect(
            output == """
                list.gbnf: in order, 2 rules
                bad.gbnf:1:10: error: expected an item or the end of the line, found '''
                    root ::= 'a'
                             ^
                    hint: a text stands in double quotes
                bad.gbnf:3:1: error: expected ')' for the '(' in line 2, found the end of the grammar
                    \("")
                    ^

                """)
    }

    @Test("check --input: the words, or the file of that name")
    func match() async {
        #expect(await run("check", "list.gbnf", "--input", "a,bc").output.hasSuffix("\nthe text matches\n"))
        #expect(await run("check", "list.gbnf", "--input", "text").output.hasSuffix("\nthe text matches\n"))
        let (status, output, error) = await run("check", "list.gbnf", "--input", "a,B")
        #expect(status == 1)
        #expect(error == "localcode: error: the text does not match\n")
        #expect(
            output == """
                list.gbnf: in order, 2 rules
                the text does not match: 'B' in line 1, column 3
                    a,B
                      ^
                    expected: [a-z]
                    in: root > item

                """)
    }

    @Test("check --input with several grammars: what is wrong with which")
    func matchSeveral() async {
        let (status, _, error) = await run("check", "list.gbnf", "bad.gbnf", "--input", "B")
        #expect(status == 1)
        #expect(error == "localcode: error: not in order: bad.gbnf; the text does not match: list.gbnf\n")
    }

    @Test("check --input: what looks like a file and is none", arguments: ["answr.json", "./x", "a.b/c"])
    func noFile(_ name: String) async {
        let error = await run("check", "list.gbnf", "--input", name).error
        #expect(error.hasPrefix("note: there is no file '\(name)': it is matched as text\n"))
        #expect(await !run("check", "list.gbnf", "--input", "1.5").error.contains("note"))
    }

    @Test("check --start: another rule")
    func start() async {
        #expect(await run("check", "list.gbnf", "--start", "item", "--input", "abc").status == 0)
        #expect(await run("check", "list.gbnf", "--start", "item", "--input", "a,b").status == 1)
        #expect(await run("check", "list.gbnf", "--start", "itme").output.contains("hint: did you mean 'item'?"))
        #expect(await run("check", "list.gbnf", "--start", "nope").output.contains("hint: the rules are: root, item\n"))
    }

    @Test("check --json")
    func json() async throws {
        let (status, output, _) = await run("check", "--json", "bad.gbnf", "list.gbnf", "--input", "a,")
        #expect(status == 1)
        let reports = try JSONValue(parsing: Array(output.utf8)).array ?? []
        #expect(reports.map { $0["usable"]?.bool } == [false, true])
        #expect(reports.first?["findings"]?.array?.first?["column"]?.int == 10)
        #expect(reports.last?["match"]?["incomplete"]?.bool == true)
        #expect(reports.last?["match"]?["expected"]?.array?.compactMap(\.string) == ["[a-z]"])
    }

    @Test("check: what cannot be read")
    func missing() async {
        let (status, _, error) = await run("check", "none.gbnf")
        #expect(status == 1)
        #expect(error.contains("there is no file none.gbnf"))
        #expect(await run("check").status == 2)
        #expect(await run("check", "-", "--input", "-").status == 2)
    }

    @Test("fmt: to standard output, back to the files, or as a question")
    func format() async throws {
        #expect(await run("fmt", "loose.gbnf").output == "root ::= \"a\"  # yes\n")
        let asked = await run("fmt", "--check", "loose.gbnf", "list.gbnf")
        #expect(asked.status == 1 && asked.output == "loose.gbnf\n")
        #expect(await run("fmt", "-w", "loose.gbnf").status == 0)
        #expect(await run("fmt", "--check", "loose.gbnf").status == 0)
        #expect(await run("fmt", "bad.gbnf").status == 1)
        #expect(await run("fmt", "-w").status == 2)
    }

    @Test("sample: as many as asked for, the same ones for a seed")
    func sample() async throws {
        let (status, output, _) = await run("sample", "list.gbnf", "-n", "4", "--seed", "1", "--length", "12")
        #expect(status == 0)
        #expect(output.split(separator: "\n").count == 4)
        #expect(output.split(separator: "\n").allSatisfy { $0.count <= 12 })
        #expect(await run("sample", "list.gbnf", "-n", "4", "--seed", "1", "--length", "12").output == output)
        let json = await run("sample", "list.gbnf", "-n", "2", "--seed", "1", "--json").output
        #expect(try JSONValue(parsing: Array(json.utf8)).array?.count == 2)
        #expect(await run("sample", "bad.gbnf").status == 1)
    }

    @Test("sample: an empty line between texts of several lines")
    func sampleLines() async throws {
        try directory.write("root ::= \"a\\nb\"\n", to: "lines.gbnf")
        #expect(await run("sample", "lines.gbnf", "-n", "2").output == "a\nb\n\na\nb\n")
        #expect(await run("sample", "lines.gbnf").output == "a\nb\n")
    }

    @Test("show: all rules or some")
    func show() async {
        let (status, output, _) = await run("show", "list.gbnf", "item")
        #expect(status == 0)
        #expect(output == "item\n  ───┬─ [a-z] ──────┬───\n     ╰─◂ 1 or more ─╯\n")
        #expect(await run("show", "list.gbnf").output.hasPrefix("root\n"))
        let unknown = await run("show", "list.gbnf", "itme")
        #expect(unknown.status == 1 && unknown.error.contains("did you mean 'item'?"))
    }
}
