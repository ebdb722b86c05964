import Commands
import Synchronization

/// An outside world that keeps what is written to it.
final class TestContext: Sendable {
    private let texts = Mutex<(output: String, error: String)>(("", ""))
    private let environment: [String: String]
    private let directory: String

    init(environment: [String: String] = [:], directory: String = "/nowhere") {
        self.environment = environment
        self.directory = directory
    }

    var output: String { texts.withLock(\.output) }
    var error: String { texts.withLock(\.error) }

    var context: Context {
        Context(
            environment: environment, workingDirectory: directory,
            output: stream { [self] text in texts.withLock { $0.output += text } },
            error: stream { [self] text in texts.withLock { $0.error += text } },
            inputIsTerminal: false, readInput: { _ in [] })
    }

    private func stream(_ write: @escaping @Sendable (String) throws -> Void) -> Context.Stream {
        Context.Stream(isTerminal: false, hasColor: false, width: 80, write: write)
    }

    /// Runs a command line and returns its exit status.
    func run(_ arguments: String..., program: Command = .program) async -> Int32 {
        await Program.run(arguments, context: context, program: program)
    }
}
