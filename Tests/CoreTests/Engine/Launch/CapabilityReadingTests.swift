import Support
import Testing

@testable import LocalCodeCore

@Suite("Engine capabilities: asked once for each build")
struct CapabilityReadingTests {
    /// A program that counts how often it was asked, in the file `asked` beside it.
    private func engine(in directory: TestDirectory, flags: String = "--model F") throws -> String {
        try directory.write(
            """
            #!/bin/sh
            echo "$1" >> "${0%/*}/asked"
            [ "$1" = --version ] && echo "version: 7" >&2 && exit
            echo "\(flags)   what it is for"
            """, to: "llama-server", mode: 0o700)
    }

    private func questions(_ directory: TestDirectory) -> [String] {
        TestFiles.text(of: "\(directory.path)/asked").split(separator: "\n").map(String.init).sorted()
    }

    @Test("the answer is kept, until the program is another one")
    func kept() async throws {
        let directory = try TestDirectory()
        let executable = try engine(in: directory)
        let cache = directory.path + "/cache"
        let first = try await EngineCapabilities.read(executable: executable, cacheDirectory: cache)
        #expect(first == EngineCapabilities(version: "7", flags: ["--model": "F"]))
        #expect(questions(directory) == ["--help", "--version"])
        let second = try await EngineCapabilities.read(executable: executable, cacheDirectory: cache)
        #expect(second == first)
        #expect(questions(directory).count == 2)
        _ = try engine(in: directory, flags: "--model F, --more")
        let third = try await EngineCapabilities.read(executable: executable, cacheDirectory: cache)
        #expect(third.flags.keys.sorted() == ["--model"])
        #expect(questions(directory).count == 4)
    }

    @Test("everything survives being kept")
    func whole() throws {
        let directory = try TestDirectory()
        let executable = try engine(in: directory)
        let stamp = try #require(ExecutableStamp(executable))
        let cache = CapabilityCache(directory: directory.path + "/engines")
        let capabilities = EngineCapabilities(
            version: "ü \"7\"", flags: ["--a": "N", "-b": ""], removed: ["--c": "use --d"], speculation: ["none", "x"],
            kvTypes: ["f16"])
        cache.keep(capabilities, of: stamp)
        #expect(cache.find(stamp) == capabilities)
    }

    @Test("a file that is no answer is as if it were not there", arguments: ["", "{", "{}", "[1]"])
    func damaged(text: String) async throws {
        let directory = try TestDirectory()
        let executable = try engine(in: directory)
        let cache = directory.path + "/cache"
        _ = try await EngineCapabilities.read(executable: executable, cacheDirectory: cache)
        let kept = try #require(TestFiles.below(cache, suffix: ".json").first)
        try TestFiles.write(Array(text.utf8), to: kept)
        let again = try await EngineCapabilities.read(executable: executable, cacheDirectory: cache)
        #expect(again.version == "7")
        #expect(questions(directory).count == 4)
    }

    @Test("a script is another one when a file that it names is")
    func script() throws {
        let directory = try TestDirectory()
        let program = try directory.write("one", to: "program.py")
        let script = try directory.write(
            "#!/bin/sh\nexec python3 -I '\(program)' \"$@\"\n", to: "llama-server", mode: 0o700)
        let before = try #require(ExecutableStamp(script))
        #expect(ExecutableStamp(script) == before)
        try directory.write("three", to: "program.py")
        #expect(ExecutableStamp(script) != before)
    }

    @Test("nothing there, something else, something that hangs or fails")
    func problems() async throws {
        let directory = try TestDirectory()
        await expect("there is no llama-server at \(directory.path)/gone", of: directory.path + "/gone")
        let other = try directory.write("#!/bin/sh\necho hello\n", to: "other", mode: 0o700)
        await expect("\(other) is no llama-server: its --help does not know --model", of: other)
        let failing = try directory.write("#!/bin/sh\necho 'no such library' >&2; exit 3\n", to: "failing", mode: 0o700)
        await expect("\(failing) --help failed: no such library", of: failing)
        let hanging = try directory.write("#!/bin/sh\nsleep 1000\n", to: "hanging", mode: 0o700)
        await expect("\(hanging) --help did not answer within 0 s", of: hanging, limit: .milliseconds(50))
    }

    private func expect(_ message: String, of executable: String, limit: Duration = .seconds(30)) async {
        do {
            _ = try await EngineCapabilities.read(executable: executable, cacheDirectory: nil, limit: limit)
            Issue.record("it was taken for a llama-server")
        } catch {
            #expect(error.message == message)
        }
    }
}
