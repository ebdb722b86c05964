import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A model that a test can start an engine with, or give to one. Tests/Support/Python/tiny_models.py says what each is.
public enum TinyModel: String, Sendable, CaseIterable {
    /// Chat, tools, fill-in-the-middle: half a megabyte.
    case tiny
    /// `tiny` with other weights: every shape and every byte of metadata is the same.
    case twin = "tinytwin"
    /// Answers with those of the letters A to H that its prompt has.
    case echo = "tinyecho"
    /// Sliding-window attention over 64 tokens, in three layers of four.
    case swa = "tinyswa"
    /// Recurrent: Mamba.
    case recurrent = "tinyssm"
    /// A draft for `tiny`.
    case draft = "tinydraft"
    /// A reranker.
    case rank = "tinyrank"
    /// A multimodal projector for `tiny`.
    case multimodal = "tinymm"
    /// A control vector for `tiny`.
    case controlVector = "tinycv"
    /// A LoRA adapter for `tiny`.
    case adapter = "tinylora"

    /// The model's file, written on first use.
    public func path() async throws -> String { "\(try await Self.directory())/\(rawValue).gguf" }

    /// One writer a process; writers of several processes do not disturb each other.
    private static let written = Mutex<Task<String, any Error>?>(nil)

    private static func directory() async throws -> String {
        let task = written.withLock { task in
            if let task { return task }
            let new = Task { try await write() }
            task = new
            return new
        }
        return try await task.value
    }

    private static func write() async throws -> String {
        let script = "\(TestPlaces.repository)/Tests/Support/Python/tiny_models.py"
        let cache = "\(TestPlaces.base("XDG_CACHE_HOME", or: ".cache"))/localcode-tests"
        let directory = "\(cache)/models-\(try fingerprint(of: script))"
        guard access(directory, R_OK) != 0 else { return directory }
        let process = try ChildProcess(
            TestPlaces.python(), ["-I", script, directory], environment: ["PATH": "/usr/bin:/bin"])
        let (status, _, errors) = await process.collect()
        guard status == .exited(0) else { throw TestKitError("cannot write the tiny models: \(errors)") }
        return directory
    }

    /// FNV-1a of the script that writes the models: another script, another directory.
    private static func fingerprint(of file: String) throws -> String {
        let descriptor = open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw TestKitError("cannot read \(file)") }
        defer { Descriptor.close(descriptor) }
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        while let bytes = Descriptor.read(descriptor), !bytes.isEmpty {
            for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        }
        return String(hash, radix: 16)
    }
}
