#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What went wrong with the store of states. No request fails for it: a state that cannot be had is read again.
public struct StateStoreError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What kind of failure it is.
    public enum Code: String, Sendable {
        /// There is no room: the disk is full or below its floor, or everything in the store is pinned.
        case diskFull
        /// Another process holds the index for longer than is waited for.
        case locked
        /// The index cannot be read. It is moved aside and made anew from the files at the next opportunity.
        case indexDamaged
        /// A file is not what it should be.
        case damaged
        /// The entry or its file is gone.
        case missing
        /// The state belongs to another engine.
        case foreign
        /// The file is being written or read by someone else.
        case busy
        /// Any other answer of the operating system.
        case system
    }

    /// What kind of failure it is.
    public let code: Code
    /// The file or directory it is about.
    public let path: String
    /// What is wrong, without the path.
    public let reason: String

    /// An error about a file.
    public init(_ code: Code, _ path: String, _ reason: String) {
        self.code = code
        self.path = path
        self.reason = reason
    }

    /// Path and reason.
    public var description: String { "\(path): \(reason)" }
}

extension StateStoreError {
    /// What a system call answered.
    /// - Parameter action: what was tried: `cannot open it`.
    static func system(_ path: String, _ action: String, _ code: Int32 = errno) -> StateStoreError {
        let kind: Code =
            switch code {
            case ENOSPC, EDQUOT, EFBIG: .diskFull
            case ENOENT, ENOTDIR: .missing
            default: .system
            }
        return StateStoreError(kind, path, "\(action): \(String(cString: strerror(code)))")
    }
}
