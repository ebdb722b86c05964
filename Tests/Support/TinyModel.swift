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

extension TinyModel {
    /// Puts a tiny model at every path `~/models/….gguf` of a configuration, as what it is there for: a projector, a draft, a
    /// reranker, or else `tiny`.
    /// - Parameter home: what `~` is for the program that reads it.
    public static func provide(for configuration: String, in home: TestDirectory) async throws {
        try home.makeDirectory("models")
        var isReranker = false
        for line in configuration.split(separator: "\n").reversed() {
            let words = line.split { $0 == " " || $0 == ":" }
            if words.first == "mode" { isReranker = words.last == "rerank" }
            guard let path = words.last, path.hasPrefix("~/"), path.hasSuffix(".gguf"), let key = words.first,
                key != "#"
            else { continue }
            let model: TinyModel =
                switch key {
                case "mmproj": .multimodal
                case "draft": .draft
                default: isReranker ? .rank : .tiny
                }
            if key == "path" { isReranker = false }
            try home.link(String(path.dropFirst(2)), to: try await model.path())
        }
    }
}
