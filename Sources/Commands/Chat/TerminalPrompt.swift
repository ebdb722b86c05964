import Dispatch

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What came of asking for a line.
enum PromptResult: Sendable, Equatable {
    case line(String)
    /// Ctrl-C: what was typed is gone.
    case interrupted
    /// Ctrl-D on an empty line, or the terminal is gone.
    case end
}

/// Reads lines from a terminal with the line editor. It has a thread of its own, because reading a terminal blocks.
actor TerminalPrompt {
    private let executor = QueueExecutor(label: "localcode.prompt")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private let terminal: Terminal
    private let write: @Sendable (String) throws -> Void
    private var decoder = KeyDecoder()
    /// What was read and not used: a paste may hold several lines.
    private var waiting: ArraySlice<UInt8> = []

    /// Bracketed paste: what is pasted comes between marks, and its line breaks submit nothing.
    private static let enter = "\u{1B}[?2004h"
    /// Undoes what the prompt asked of the terminal.
    static let leave = "\u{1B}[?2004l"

    /// - Parameter write: writes to the same terminal.
    init(_ terminal: Terminal, write: @escaping @Sendable (String) throws -> Void) {
        self.terminal = terminal
        self.write = write
    }

    /// Has a line edited and returns when it is done. The terminal is in its waiting mode before and after it.
    func readLine(_ prompt: String, history: [String]) throws -> PromptResult {
        terminal.set(.editing)
        try write(Self.enter)
        defer {
            try? write(Self.leave)
            terminal.set(.waiting)
        }
        var editor = LineEditor(history: history)
        var view = LineView(prompt: prompt, continuation: String(repeating: " ", count: TerminalText.width(prompt)))
        try draw(editor, &view)
        while let key = nextKey() {
            switch editor.feed(key) {
            case .none: continue
            // With more keys at hand the next picture is soon outdated.
            case .redraw: if waiting.isEmpty { try draw(editor, &view) }
            case .submit(let line):
                try finish(line, &view)
                return .line(line)
            case .interrupt:
                try finish(editor.text + "^C", &view)
                return .interrupted
            case .endOfInput:
                try write("\r\n")
                return .end
            case .clearScreen:
                view.forget()
                try write("\u{1B}[H\u{1B}[2J")
                try draw(editor, &view)
            case .suspend:
                try suspend(&view)
                try draw(editor, &view)
            }
        }
        return .end
    }

    private func nextKey() -> Key? {
        while true {
            while let byte = waiting.popFirst() {
                if let key = decoder.feed(byte) { return key }
            }
            waiting = terminal.read()[...]
            if waiting.isEmpty { return nil }
        }
    }

    private func draw(_ editor: LineEditor, _ view: inout LineView) throws {
        let size = terminal.size
        try write(view.draw(before: editor.before, after: editor.after, width: size.width, height: size.height))
    }

    private func finish(_ line: String, _ view: inout LineView) throws {
        let size = terminal.size
        try write(view.finish(text: line, width: size.width, height: size.height))
    }

    private func suspend(_ view: inout LineView) throws {
        try write(Self.leave + "\r\n")
        terminal.set(.original)
        kill(getpid(), SIGTSTP)
        terminal.set(.editing)
        try write(Self.enter)
        view.forget()
    }
}

/// Runs an actor on a queue of its own, where it may block without holding up others.
private final class QueueExecutor: SerialExecutor {
    private let queue: DispatchQueue

    init(label: String) { queue = DispatchQueue(label: label) }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}
