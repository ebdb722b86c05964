#if canImport(Glibc)
    import FoundationEssentials
    import Glibc
#else
    import Darwin
    import Foundation
#endif

/// Files as a test finds and damages them.
public enum TestFiles {
    /// The paths of the regular files below a directory, sorted; none when there is no such directory.
    /// - Parameter suffix: What their names end with.
    public static func below(_ directory: String, suffix: String = "") -> [String] {
        var files: [String] = []
        var open = [directory]
        while let directory = open.popLast() {
            for name in (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? [] {
                var status = stat()
                let path = "\(directory)/\(name)"
                guard lstat(path, &status) == 0 else { continue }
                if status.st_mode & S_IFMT == S_IFDIR { open.append(path) }
                if status.st_mode & S_IFMT == S_IFREG, name.hasSuffix(suffix) { files.append(path) }
            }
        }
        return files.sorted()
    }

    /// What a file holds.
    public static func bytes(of path: String) throws -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("read", path) }
        defer { Descriptor.close(descriptor) }
        var all: [UInt8] = []
        while let bytes = Descriptor.read(descriptor), !bytes.isEmpty { all += bytes }
        return all
    }

    /// What a file holds as text; nothing when it cannot be read.
    public static func text(of path: String) -> String {
        String(decoding: (try? bytes(of: path)) ?? [], as: UTF8.self)
    }

    /// Replaces what a file holds; the file stays the same.
    public static func write(_ bytes: [UInt8], to path: String) throws {
        let descriptor = open(path, O_WRONLY | O_TRUNC | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure("write", path) }
        defer { Descriptor.close(descriptor) }
        guard Descriptor.write(bytes, to: descriptor) else { throw failure("write", path) }
    }

    /// Puts this byte in the place of all that a file holds. It is as long as before at any time: nobody who has mapped it is hurt.
    public static func fill(_ path: String, with byte: UInt8) throws {
        let count = try bytes(of: path).count
        let descriptor = open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("write", path) }
        defer { Descriptor.close(descriptor) }
        guard Descriptor.write(Array(repeating: byte, count: count), to: descriptor) else {
            throw failure("write", path)
        }
    }

    /// Turns one bit over.
    public static func flipBit(at offset: Int, of path: String) throws {
        var bytes = try bytes(of: path)
        guard bytes.indices.contains(offset) else { throw TestKitError("\(path) has no byte \(offset)") }
        bytes[offset] ^= 0x10
        try write(bytes, to: path)
    }

    /// Removes a file.
    public static func remove(_ path: String) throws {
        guard unlink(path) == 0 else { throw failure("remove", path) }
    }

    private static func failure(_ what: String, _ path: String) -> TestKitError {
        TestKitError("cannot \(what) \(path): \(String(cString: strerror(errno)))")
    }
}
