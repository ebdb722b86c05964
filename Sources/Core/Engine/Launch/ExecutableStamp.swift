#if canImport(Glibc)
    import Glibc
    import SystemPackage
#else
    import Darwin
    import System
#endif

/// Tells when a program is another one than before: where it is, and the size, time and number of its file. Of a script, the
/// files that it names count, too: it is only a way to start another program.
struct ExecutableStamp: Equatable {
    /// Where it was looked for.
    let path: String
    /// Size, time and number of each file.
    let text: String

    /// Nil where there is no such file.
    init?(_ path: String) {
        let resolved = Directories.resolved(path)
        guard Directories.isFile(resolved), let own = Self.stamp(resolved) else { return nil }
        self.path = path
        text = ([resolved, own] + Self.filesNamed(by: resolved).compactMap(Self.stamp)).joined(separator: " ")
    }

    private static func stamp(_ path: String) -> String? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        let file = FileStatus(status)
        return "\(file.size):\(file.modifiedSeconds).\(file.modifiedNanoseconds):\(file.inode)"
    }

    /// The absolute paths that a short script consists of; none of a program.
    private static func filesNamed(by path: String) -> [String] {
        guard let file = try? FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec) else { return [] }
        defer { try? file.close() }
        var bytes = [UInt8](repeating: 0, count: 4096)
        guard let count = try? bytes.withUnsafeMutableBytes({ try file.read(into: $0) }),
            bytes.starts(with: Array("#!".utf8))
        else { return [] }
        let words = String(decoding: bytes[..<count], as: UTF8.self).dropFirst(2)
            .split { $0.isWhitespace || $0 == "'" || $0 == "\"" }
        return words.filter { $0.hasPrefix("/") }.map(String.init).filter(Directories.isFile)
    }
}
