#if canImport(Glibc)
    import FoundationEssentials
    import Glibc
#else
    import Darwin
    import Foundation
#endif

/// Where the kit finds things.
public enum TestPlaces {
    /// The repository.
    public static let repository = String(#filePath.dropLast("/Tests/Support/TestPlaces.swift".count))

    /// The release binary: `LOCALCODE_BINARY`, or the one in the build folder.
    public static func binary() throws -> String {
        let path = environment("LOCALCODE_BINARY") ?? "\(repository)/.build/release/localcode"
        guard access(path, X_OK) == 0 else {
            throw TestKitError("there is no \(path): run `make build`, or set LOCALCODE_BINARY")
        }
        return path
    }

    /// A Python that has what Tests/Support/Python/requirements.txt lists: `LOCALCODE_TEST_PYTHON`, or the one that
    /// `make test` provides.
    public static func python() throws -> String {
        let path =
            environment("LOCALCODE_TEST_PYTHON")
            ?? "\(base("XDG_DATA_HOME", or: ".local/share"))/localcode/test-venv/bin/python"
        guard access(path, X_OK) == 0 else {
            throw TestKitError("there is no \(path): `make test` provides it, or set LOCALCODE_TEST_PYTHON")
        }
        return path
    }

    static func base(_ variable: String, or folder: String) -> String {
        environment(variable) ?? "\(environment("HOME") ?? "/tmp")/\(folder)"
    }

    /// A variable that is set and not empty.
    public static func environment(_ name: String) -> String? {
        guard let value = getenv(name), value[0] != 0 else { return nil }
        return String(cString: value)
    }
}

/// A directory of a test's own, removed with the last reference.
public final class TestDirectory: Sendable {
    /// Its path; short enough for unix-domain sockets inside.
    public let path: String

    public init() throws {
        var template = Array("\(TestPlaces.environment("TMPDIR") ?? "/tmp")/localcode-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw TestKitError("cannot make a directory: \(String(cString: strerror(errno)))")
        }
        path = template.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Makes a directory inside, with those above it.
    @discardableResult public func makeDirectory(_ name: String) throws -> String {
        var made = path
        for part in name.split(separator: "/") {
            made += "/\(part)"
            guard mkdir(made, 0o700) == 0 || errno == EEXIST else { throw failure("make", made) }
        }
        return made
    }

    /// Writes a file inside, in a directory that exists.
    @discardableResult public func write(_ text: String, to name: String, mode: mode_t = 0o600) throws -> String {
        let file = "\(path)/\(name)"
        let descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw failure("write", file) }
        defer { Descriptor.close(descriptor) }
        guard Descriptor.write(text.utf8, to: descriptor) else { throw failure("write", file) }
        return file
    }

    /// Makes a symbolic link inside.
    public func link(_ name: String, to target: String) throws {
        guard symlink(target, "\(path)/\(name)") == 0 else { throw failure("link", name) }
    }

    private func failure(_ what: String, _ name: String) -> TestKitError {
        TestKitError("cannot \(what) \(name): \(String(cString: strerror(errno)))")
    }
}
