import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Marks files as belonging to a process that lives: a lock file whose lock the kernel takes away with the process, however
/// it ends. Unlike a process number it cannot come to mean another process, and it counts across containers.
final class OwnerLock: Sendable {
    /// A name of its own for what it marks: the process number, for people, and something random.
    let token: String
    private let path: String
    private let descriptor: Mutex<Int32?>

    private static let suffix = ".lock"

    /// Makes a lock file in a directory and locks it.
    /// - Parameter prefix: begins the names of lock files in this directory.
    init(in directory: String, prefix: String) throws(StateStoreError) {
        while true {
            let token = "\(getpid())-\(String(UInt64.random(in: .min ... .max), radix: 36))"
            let path = "\(directory)/\(prefix)\(token)\(Self.suffix)"
            let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else {
                if errno == EEXIST { continue }
                throw .system(path, "cannot make it")
            }
            // Until it is locked, others may take it for one whose process is gone, and remove it.
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0, Files.status(path) != nil {
                self.token = token
                self.path = path
                self.descriptor = Mutex(descriptor)
                return
            }
            let code = errno
            let isRemoved = Files.status(path) == nil
            Files.remove(path)
            close(descriptor)
            guard isRemoved || code == EWOULDBLOCK else { throw .system(path, "cannot lock it", code) }
        }
    }

    deinit { release() }

    /// Removes the lock file: what it marked is gone.
    func release() {
        descriptor.withLock { descriptor in
            guard let held = descriptor else { return }
            Files.remove(path)
            close(held)
            descriptor = nil
        }
    }

    /// Calls `body` with each token in a directory whose process is gone, and removes its lock file afterwards. While it
    /// runs, nobody can take the token for himself.
    static func clean(in directory: String, prefix: String, _ body: (String) -> Void) {
        for name in Files.names(in: directory) where name.hasPrefix(prefix) && name.hasSuffix(suffix) {
            let path = "\(directory)/\(name)"
            let descriptor = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
            guard descriptor >= 0 else { continue }
            defer { close(descriptor) }
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { continue }
            body(String(name.dropFirst(prefix.count).dropLast(suffix.count)))
            Files.remove(path)
        }
    }

    /// Whether the process that made a token lives.
    static func isAlive(_ token: String, in directory: String, prefix: String) -> Bool {
        let descriptor = open("\(directory)/\(prefix)\(token)\(suffix)", O_RDWR | O_CLOEXEC | O_NOFOLLOW)
        // A lock file of another user's process cannot be looked at; only a missing one tells that nobody is there.
        guard descriptor >= 0 else { return errno != ENOENT && errno != ENOTDIR }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_SH | LOCK_NB) != 0
    }
}

/// A lock for short work that two processes must not do at once.
struct DirectoryLock {
    private let descriptor: Int32

    private static let pause: UInt32 = 5_000

    /// Waits for the lock.
    /// - Throws: `.locked` after `limit` seconds.
    init(_ path: String, limit: Double) throws(StateStoreError) {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .system(path, "cannot open it") }
        var left = Int(limit * 1e6) / Int(Self.pause)
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            let code = errno
            guard code == EWOULDBLOCK || code == EINTR, left > 0 else {
                close(descriptor)
                guard code == EWOULDBLOCK else { throw .system(path, "cannot lock it", code) }
                throw StateStoreError(.locked, path, "another process is opening the index")
            }
            left -= 1
            usleep(Self.pause)
        }
    }

    func unlock() { close(descriptor) }
}
