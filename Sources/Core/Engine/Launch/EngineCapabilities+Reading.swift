import Subprocess

#if canImport(Glibc)
    import SystemPackage
#else
    import System
#endif

extension EngineCapabilities {
    /// Asks a llama-server what it takes, once for each build: the answer is kept in a file.
    /// - Parameters:
    ///   - cacheDirectory: below it the answers are kept, in `engines`; nil keeps none.
    ///   - limit: how long it may take to answer.
    public static func read(
        executable: String, cacheDirectory: String?, limit: Duration = .seconds(30)
    ) async throws(LaunchProblem) -> EngineCapabilities {
        guard let stamp = ExecutableStamp(executable) else {
            throw LaunchProblem(
                "there is no llama-server at \(executable)", hint: "run scripts/start, which provides one")
        }
        let cache = cacheDirectory.map { CapabilityCache(directory: $0 + "/engines") }
        if let known = cache?.find(stamp) { return known }
        async let help = answer(of: executable, "--help", limit: limit)
        async let version = answer(of: executable, "--version", limit: limit)
        let capabilities = EngineCapabilities(
            help: try await help.get(), version: (try? await version.get()) ?? "")
        guard capabilities.offers("--model") else {
            throw LaunchProblem(
                "\(executable) is no llama-server: its --help does not know --model")
        }
        cache?.keep(capabilities, of: stamp)
        return capabilities
    }

    /// What it prints, on both streams.
    private static func answer(of executable: String, _ argument: String, limit: Duration) async -> Result<
        String, LaunchProblem
    > {
        await withTaskGroup(of: Result<String, LaunchProblem>.self) { tasks in
            tasks.addTask { await run(executable, argument) }
            tasks.addTask {
                try? await Task.sleep(for: limit)
                return .failure(
                    LaunchProblem("\(executable) \(argument) did not answer within \(limit.components.seconds) s"))
            }
            let first = await tasks.next()
            tasks.cancelAll()
            return first ?? .failure(LaunchProblem("\(executable) \(argument) did not answer"))
        }
    }

    private static func run(_ executable: String, _ argument: String) async -> Result<String, LaunchProblem> {
        var options = PlatformOptions()
        options.processGroupID = 0
        options.teardownSequence = [
            .send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .seconds(1))
        ]
        do {
            let result = try await Subprocess.run(
                .path(FilePath(executable)), arguments: [argument], platformOptions: options, input: .none,
                output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
            let text = result.standardOutput + result.standardError
            guard result.terminationStatus.isSuccess else {
                let words = text.split(whereSeparator: \.isNewline).last.map { ": \($0)" } ?? ""
                return .failure(LaunchProblem("\(executable) \(argument) failed\(words)"))
            }
            return .success(text)
        } catch {
            return .failure(LaunchProblem("\(executable) cannot be run: \(error)"))
        }
    }
}
