import LocalCodeCore
import Support
import Testing

@testable import Commands

@Suite("rerank", .timeLimit(.minutes(2)))
struct RerankCommandTests {
    private let directory: TestDirectory

    init() throws {
        directory = try TestDirectory()
        try directory.makeDirectory("src/deep")
        try directory.makeDirectory("cache")
        try directory.write("func saveSlot() {\n    slot.write()\n}\n", to: "src/slot.swift")
        try directory.write("def read_file(path):\n    return open(path)\n", to: "src/deep/read.py")
        try directory.write("# Notes\n\nThe slot is saved when it is idle.\n", to: "notes.md")
    }

    private func run(
        _ arguments: [String], input: String = "", port: Int = 1, in world: TestContext? = nil
    ) async -> (status: Int32, output: String, error: String) {
        let world = world ?? TestContext(environment: ["HOME": "/nowhere"], directory: directory.path)
        var context = world.context
        context.readInput = { _ in Array(input.utf8) }
        let status = await Program.run(
            ["rerank"] + arguments + ["--cache-dir", "\(directory.path)/cache", "--port", "\(port)"], context: context,
            program: Command(name: "localcode", summary: "", subcommands: [.rerank]))
        return (status, world.output, world.error)
    }

    /// A server that ranks documents from the last to the first.
    private func server(status: Int = 200, answer: String? = nil) throws -> RecordingServer {
        try RecordingServer { request in
            if let answer { return .complete(status: status, answer) }
            let body = try? JSONView(validating: request.body)
            let count = body?["documents"].map { $0.elements.reduce(0) { count, _ in count + 1 } } ?? 0
            let results = (0..<count).map { #"{"index":\#($0),"relevance_score":\#(Double($0 + 1) / 4)}"# }
            return .complete(#"{"results":[\#(results.joined(separator: ","))]}"#)
        }
    }

    @Test("words find lines of files")
    func lexical() async {
        let (status, output, error) = await run(["--lexical", "where is a slot saved"])
        #expect(status == 0)
        #expect(error == "")
        let blocks = output.split(separator: "\n\n").map { $0.split(separator: "\n") }
        #expect(blocks.first?.first?.hasPrefix("src/slot.swift:1-3  ") == true)
        #expect(blocks.first?.dropFirst() == ["1  func saveSlot() {", "2      slot.write()", "3  }"])
        #expect(blocks.last?.first?.hasPrefix("notes.md:1-3  ") == true)
    }

    @Test(
        "paths are shown as they were given",
        arguments: [
            (["."], "src/slot.swift"), (["./src"], "src/slot.swift"), (["src/"], "src/slot.swift"),
            (["src/slot.swift"], "src/slot.swift"), (["src", "."], "src/slot.swift"),
            (["src/deep/../slot.swift"], "src/deep/../slot.swift"),
        ])
    func paths(paths: [String], shown: String) async {
        let (status, output, _) = await run(["--lexical", "-l", "-t", "swift", "save slot"] + paths)
        #expect(status == 0)
        #expect(output == "\(shown)\n")
    }

    @Test(
        "types and numbers of places",
        arguments: [
            (["-t", "py", "slot file"], "src/deep/read.py\n"),
            (["-t", ".md", "-t", "python", "-n", "1", "slot"], "notes.md\n"),
            (["-n", "1", "save slot"], "src/slot.swift\n"),
        ])
    func types(arguments: [String], list: String) async {
        #expect(await run(["--lexical", "-l"] + arguments).output == list)
    }

    @Test("JSON has everything")
    func json() async throws {
        let places = try JSONView(validating: Array(await run(["--lexical", "--json", "read file"]).output.utf8))
        let first = try #require(places.elements.first { _ in true })
        #expect(first["path"]?.string == "src/deep/read.py")
        #expect(first["first_line"]?.int == 1)
        #expect(first["last_line"]?.int == 2)
        #expect(first["score"]?.isNull == true)
        #expect(try #require(first["words"]?.double) > 0)
        #expect(first["text"]?.string == "def read_file(path):\n    return open(path)")
    }

    @Test("lines are limited")
    func lines() async {
        let (_, output, _) = await run(["--lexical", "--lines", "1", "-t", "swift", "save slot"])
        #expect(output.split(separator: "\n").dropFirst() == ["1  func saveSlot() {", "…"])
        #expect(await run(["--lexical", "--lines", "0", "slot"]).output.split(separator: "\n").count == 2)
    }

    @Test("lines may end in CR LF, and long ones are cut")
    func otherLines() async throws {
        try directory.write("retry one\r\nretry two\r\n" + String(repeating: "x", count: 900) + "\r\n", to: "dos.c")
        let (_, output, _) = await run(["--lexical", "-t", "c", "retry"])
        let lines = output.split { $0 == "\n" || $0 == "\r\n" }
        #expect(lines.dropFirst().prefix(2).map(String.init) == ["1  retry one", "2  retry two"])
        let cut = "3  " + String(repeating: "x", count: 400) + "…"
        #expect(lines.last.map(String.init) == cut)
    }

    @Test("a server puts places in order")
    func reranked() async throws {
        let server = try server()
        let (status, output, error) = await run(["-m", "ranker", "--lines", "0", "save slot"], port: server.port)
        #expect(status == 0)
        #expect(error == "")
        #expect(output == "notes.md:1-3  0.5\nsrc/slot.swift:1-3  0.25\n")
        let request = try #require(server.requests.first)
        #expect(request.target == "/v1/rerank")
        let body = try JSONView(validating: request.body)
        #expect(body["model"]?.string == "ranker")
        #expect(body["query"]?.string == "save slot")
        #expect(body["top_n"]?.int == 2)
        #expect(
            body["documents"]?.elements.first { _ in true }?.string
                == "src/slot.swift\nfunc saveSlot() {\n    slot.write()\n}")
    }

    @Test("without a server, or where it has no model, words decide and a note says so")
    func fallback() async throws {
        let (status, output, error) = await run(["-l", "save slot"])
        #expect(status == 0)
        #expect(output == "src/slot.swift\nnotes.md\n")
        #expect(error == "localcode: note: no LocalCode answers at http://127.0.0.1:1/v1, so the words alone decide\n")
        let server = try server(status: 501, answer: #"{"error":{"message":"no such thing here"}}"#)
        let other = await run(["-l", "save slot"], port: server.port)
        #expect(other.status == 0)
        #expect(other.output == output)
        #expect(other.error.contains("has no reranker (no such thing here), so the words alone decide"))
        withExtendedLifetime(server) {}
    }

    @Test("a server that was named must answer, and errors are told")
    func failures() async throws {
        let (status, output, error) = await run(["-l", "save slot", "--url", "http://127.0.0.1:1"])
        #expect(status == 1)
        #expect(output == "")
        #expect(error.contains("nobody answers at http://127.0.0.1:1/v1"))
        let refusing = try server(status: 400, answer: #"{"error":{"message":"'model' is wrong"}}"#)
        let refused = await run(["save slot"], port: refusing.port)
        #expect(refused.status == 1)
        #expect(refused.error.contains("'model' is wrong (400)"))
        let odd = try server(answer: "[]")
        let strange = await run(["save slot"], port: odd.port)
        #expect(strange.status == 1)
        #expect(strange.error.contains("answered without scores"))
        withExtendedLifetime((refusing, odd)) {}
    }

    @Test("documents come from standard input")
    func documents() async throws {
        let lines = "cats purr\nslots are saved\ndogs bark\n"
        #expect(await run(["--lexical", "save slot", "-"], input: lines).output.hasPrefix("document 2  "))
        #expect(await run(["--lexical", "-l", "save slot", "-"], input: lines).output == "slots are saved\n")
        let server = try server()
        let array = #"["cats", {"text": "a slot"}, "dogs"]"#
        #expect(await run(["-l", "save slot", "-"], input: array, port: server.port).output == "dogs\ncats\na slot\n")
        let body = try JSONView(validating: try #require(server.requests.first?.body))
        #expect(body["documents"]?.elements.compactMap(\.string) == ["a slot", "cats", "dogs"])
    }

    @Test(
        "what makes no sense is refused",
        arguments: [
            (["?!"], "", 2, "no word in the question"), ([""], "", 2, "no word in the question"),
            ([], "", 2, "QUESTION"),
            (["slot", "-", "x"], "", 2, "'-' stands alone"), (["slot", "-", "-t", "c"], "x", 2, "no --type"),
            (["slot", "gone"], "", 1, "cannot search gone: No such file"),
            (["elephant", "--lexical"], "", 1, "nothing has a word"),
            (["slot", "-"], "", 1, "no documents"),
            (["slot", "-"], "[1]", 1, "document 1 of standard input has no text"),
        ] as [([String], String, Int32, String)])
    func refused(arguments: [String], input: String, status: Int32, message: String) async {
        let (got, _, error) = await run(arguments, input: input)
        #expect(got == status)
        #expect(error.contains(message), "\(error)")
    }

    @Test("an index is kept and used")
    func index() async throws {
        _ = await run(["--lexical", "slot"])
        let kept = TestFiles.below("\(directory.path)/cache")
        #expect(kept.count == 1)
        try directory.write("slot slot slot\n", to: "src/more.txt")
        #expect(await run(["--lexical", "-l", "-n", "1", "-t", "txt", "slot"]).output == "src/more.txt\n")
        #expect(TestFiles.below("\(directory.path)/cache") == kept)
    }
}
