#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// How a run of an engine ended.
public enum EngineEnding: Sendable, Equatable, CustomStringConvertible {
    /// LocalCode ended it because it was asked to.
    case stopped
    /// By itself, with an exit status.
    case exited(Int32, lastLines: [String])
    /// By a signal that LocalCode did not send.
    case signaled(Int32, lastLines: [String])
    /// LocalCode killed it, since it had not answered for so long.
    case hung(Duration, lastLines: [String])

    /// What it printed last.
    public var lastLines: [String] {
        switch self {
        case .stopped: []
        case .exited(_, let lines), .signaled(_, let lines), .hung(_, let lines): lines
        }
    }

    /// One sentence: `it exited with status 1`.
    public var summary: String {
        switch self {
        case .stopped: "it was stopped"
        case .exited(let status, _): "it exited with status \(status)"
        case .signaled(SIGKILL, _): "it was killed (signal 9), as the kernel does when memory runs out"
        case .signaled(let signal, _): "it was ended by signal \(signal) (\(String(cString: strsignal(signal))))"
        case .hung(let limit, _): "it did not answer for \(limit.components.seconds) s and was killed"
        }
    }

    /// The sentence, and below it what the engine printed last.
    public var description: String { EngineFailure.text(summary, lastLines) }
}

/// Why an engine is not there.
public struct EngineFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// One sentence.
    public let message: String
    /// What the engine printed last.
    public let lastLines: [String]

    public init(_ message: String, lastLines: [String] = []) {
        self.message = message
        self.lastLines = lastLines
    }

    /// The sentence, and below it what the engine printed last.
    public var description: String { Self.text(message, lastLines) }

    static func text(_ sentence: String, _ lines: [String]) -> String {
        lines.isEmpty ? sentence : "\(sentence); its last lines:\n" + lines.map { "  \($0)" }.joined(separator: "\n")
    }
}
