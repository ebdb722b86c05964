#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Whole files, for the small ones a command reads before its work and writes after it.
enum FileText {
    /// The bytes of a file.
    /// - Returns: nil where there is no file of this name.
    /// - Throws: `Failure` for every other reason.
    static func bytes(at path: String, limit: Int) throws -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw Failure("cannot open \(path): \(systemMessage(errno))")
        }
        defer { close(descriptor) }
        let bytes = try Descriptor.read(descriptor, name: path, limit: limit + 1)
        guard bytes.count <= limit else { throw Failure("\(path) is larger than \(limit) bytes") }
        return bytes
    }

    /// Replaces the content of a file, or makes it.
    static func write(_ text: String, to path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw Failure("cannot write \(path): \(systemMessage(errno))") }
        defer { close(descriptor) }
        try Descriptor.write(descriptor, Array(text.utf8))
    }

    /// Makes a directory and those above it that are missing.
    static func makeDirectory(_ path: String) throws {
        var made = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            made += made.isEmpty || made.hasSuffix("/") ? String(part) : "/\(part)"
            guard mkdir(made, 0o777) == 0 || errno == EEXIST || errno == EISDIR else {
                throw Failure("cannot make the directory \(made): \(systemMessage(errno))")
            }
        }
    }
}
