import LocalCodeCore
import Support
import Testing

/// Runs a script of the folder Python beside this file: programs of the OpenAI SDK that check what they get.
enum PythonScript {
    /// The facts that the script printed. Its failure is recorded as the test's.
    @discardableResult static func run(
        _ name: String, _ arguments: [String], environment: [String: String] = [:],
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> JSONValue {
        let folder = "\(TestPlaces.repository)/Tests/EndToEndTests/Python"
        let process = try ChildProcess(
            TestPlaces.python(), ["\(folder)/\(name).py"] + arguments,
            environment: ["PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"].merging(environment) { $1 })
        let (status, output, errors) = await process.collect()
        #expect(status == .exited(0), "\(name).py: \(errors)", sourceLocation: sourceLocation)
        return (try? JSONValue(parsing: output)) ?? .null
    }
}
