import LocalCodeCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// From arguments to an exit status.
public enum Program {
    /// Runs the program in this process.
    /// - Parameter arguments: without the program's name.
    nonisolated(nonsending) public static func main(_ arguments: [String]) async -> Int32 {
        // A closed pipe is an error of write(2) here, not the end of the process.
        signal(SIGPIPE, SIG_IGN)
        return await run(arguments, context: .live)
    }

    /// Runs a command line. Help and version are settled on the caller's thread, before anything touches files or starts
    /// other threads.
    nonisolated(nonsending) public static func run(
        _ arguments: [String], context: Context, program: Command = .program
    ) async -> Int32 {
        let request = ArgumentParser.parse(arguments, program: program)
        do {
            switch request {
            case .help(let chain):
                try context.output.write(HelpText.text(chain, on: context.output))
            case .version:
                try context.output.write("\(program.name) \(Version.number)\n")
            case .incomplete(let chain):
                try context.error.write(HelpText.text(chain, on: context.error))
                return ExitStatus.usage.rawValue
            case .mistake(let error, _):
                throw error
            case .run(let typed):
                let invocation = try SettingsLoader(program: program, context: context).invocation(typed)
                try await typed.command.run(invocation)
            }
            return ExitStatus.success.rawValue
        } catch is BrokenPipe {
            return ExitStatus.success.rawValue
        } catch {
            let report = ErrorReport(error, chain: request.chain ?? [program])
            // Where standard error is closed, too, there is nobody left to tell.
            try? context.error.write(report.text(hasColor: context.error.hasColor))
            return report.status.rawValue
        }
    }
}
