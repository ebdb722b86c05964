/// Why a model's file cannot be used.
public struct GGUFError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What kind of trouble it is.
    public enum Code: String, Sendable {
        /// There is no such file.
        case missing
        /// Something that is no file is there: a directory, a device.
        case noFile
        /// The operating system does not let it be read.
        case unreadable
        /// A file of another kind.
        case foreign
        /// It ends before what it says it has.
        case truncated
        /// It says of itself what cannot be.
        case damaged
    }

    public let code: Code
    /// The file.
    public let path: String
    /// What is wrong, without the path; empty where the code says it all.
    public let reason: String

    public init(_ code: Code, _ path: String, _ reason: String = "") {
        self.code = code
        self.path = path
        self.reason = reason
    }

    /// A sentence.
    public var description: String {
        code == .missing ? "there is no file \(path)" : "\(path) \(problem)"
    }

    /// What is wrong, to be read behind a name of the file: `is truncated: it is empty`.
    public var problem: String {
        switch code {
        case .missing: "is not there"
        case .noFile: "is \(reason)"
        case .unreadable: "cannot be read: \(reason)"
        case .foreign: "is not a GGUF file" + (reason.isEmpty ? "" : ": \(reason)")
        case .truncated: "is truncated: \(reason)"
        case .damaged: "is damaged: \(reason)"
        }
    }

    /// The next step; nil where there is none.
    public var hint: String? {
        switch code {
        case .truncated: "download it again, or wait for the download to end"
        case .noFile: "name a .gguf file"
        case .missing, .unreadable, .foreign, .damaged: nil
        }
    }
}

extension GGUFError {
    init(_ error: StateStoreError) {
        self.init(error.code == .missing ? .missing : .unreadable, error.path, error.reason)
    }
}
