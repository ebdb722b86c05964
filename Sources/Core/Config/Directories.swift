#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Where LocalCode keeps things, by the XDG base directory specification
/// (https://specifications.freedesktop.org/basedir-spec/latest/).
public struct Directories: Sendable, Equatable {
    /// What a user installed: engine and models.
    public let data: String
    /// What can be made again.
    public let cache: String
    /// Histories and logs.
    public let state: String
    /// Settings.
    public let configuration: String

    public init(environment: [String: String]) {
        let home = environment["HOME"] ?? "/"
        func directory(_ variable: String, _ fallback: String) -> String {
            let base = environment[variable].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "\(home)/\(fallback)"
            return base + "/localcode"
        }
        data = directory("XDG_DATA_HOME", ".local/share")
        cache = directory("XDG_CACHE_HOME", ".cache")
        state = directory("XDG_STATE_HOME", ".local/state")
        configuration = directory("XDG_CONFIG_HOME", ".config")
    }

    /// Whether a file is there, links followed.
    public static func isFile(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// Whether a directory is there, links followed.
    public static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// The path with every link followed; the path as it is where that fails.
    public static func resolved(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// Makes a directory that only its owner can read, and those above it.
    /// - Throws: `DirectoryFailure`.
    public static func make(_ path: String) throws(DirectoryFailure) {
        var sofar = ""
        for part in path.split(separator: "/") {
            sofar += "/\(part)"
            guard mkdir(sofar, 0o700) == 0 || errno == EEXIST else {
                throw DirectoryFailure(
                    description: "cannot make the directory \(sofar): \(String(cString: strerror(errno)))")
            }
        }
    }
}

/// A directory that cannot be made.
public struct DirectoryFailure: Error, Sendable, CustomStringConvertible {
    public let description: String
}
