import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Runs answers and conversations on the streams and signals of a process.
enum ChatSession {
    /// Asks and shows the answer while it comes.
    static func show(_ body: ChatRequestBody, _ client: ChatClient, _ context: Context) async -> ChatOutcome {
        var printer = ChatPrinter(context.output)
        func put(_ lines: ChatPrinter.Lines) throws {
            if !lines.output.isEmpty { try context.output.write(lines.output) }
            if !lines.error.isEmpty { try context.error.write(lines.error) }
        }
        var outcome = await client.answer(to: body) { piece in try put(printer.show(piece)) }
        do { try put(printer.end()) } catch { outcome.ending = .failed(error) }
        if case .complete = outcome.ending, let complaint = body.complaint(about: outcome.reply) {
            outcome.ending = .failed(complaint)
        }
        return outcome
    }

    /// Asks and writes the server's response as it is, an error included.
    static func showRaw(_ body: ChatRequestBody, _ client: ChatClient, _ context: Context) async -> ChatOutcome {
        do {
            let (status, bytes) = try await client.raw(body)
            try context.output.write(String(decoding: bytes, as: UTF8.self) + (context.output.isTerminal ? "\n" : ""))
            if let failure = client.failure(status: status, answer: bytes) { throw failure }
            var reply = ChatReply()
            for piece in try ChatStreamReader.pieces(ofAnswer: bytes) { reply.add(piece) }
            if let complaint = body.complaint(about: reply) { throw complaint }
            return ChatOutcome(ending: .complete)
        } catch is CancellationError {
            return ChatOutcome(ending: .cancelled)
        } catch {
            return ChatOutcome(ending: .failed(error))
        }
    }

    /// Runs an answer that Ctrl-C cancels.
    static func interruptible(_ answer: @escaping @Sendable () async -> ChatOutcome) async throws -> ChatOutcome {
        let task = Task(operation: answer)
        let watch = try SignalWatch([SIGINT]) { _ in task.cancel() }
        defer { watch.stop() }
        return await task.value
    }

    /// Runs a conversation on a terminal, which has its own settings back afterwards, also when a signal ends the process.
    static func onTerminal(
        _ terminal: Terminal, _ context: Context, _ talk: (Repl.Surroundings) async throws -> Void
    ) async throws {
        let answer = CurrentAnswer()
        let write = context.output.write
        let watch = try SignalWatch([SIGINT, SIGTERM, SIGHUP, SIGQUIT]) { number in
            guard number != SIGINT else { return answer.cancel() }
            try? write(TerminalPrompt.leave)
            terminal.set(.original)
            SignalWatch.die(of: number)
        }
        terminal.set(.waiting)
        defer {
            terminal.set(.original)
            watch.stop()
        }
        let prompt = TerminalPrompt(terminal, write: write)
        try await talk(
            Repl.Surroundings(
                context: context, readLine: { try await prompt.readLine($0, history: $1) },
                interruptible: { await answer.run($0) }))
    }
}

/// The answer that is on its way, if any, for the signal that stops it.
private final class CurrentAnswer: Sendable {
    private let task = Mutex<Task<ChatOutcome, Never>?>(nil)

    func run(_ answer: @escaping @Sendable () async -> ChatOutcome) async -> ChatOutcome {
        let running = Task(operation: answer)
        task.withLock { $0 = running }
        defer { task.withLock { $0 = nil } }
        return await running.value
    }

    func cancel() { task.withLock { $0 }?.cancel() }
}
