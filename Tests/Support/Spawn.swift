import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The kit could not do something it needs.
public struct TestKitError: Error, CustomStringConvertible {
    /// What went wrong, and what to do about it.
    public let description: String

    public init(_ description: String) { self.description = description }
}

/// posix_spawn with what every child here gets: only the descriptors that are named, its own process group, and
/// default signal handling whatever the test runner has set.
enum Spawn {
    #if canImport(Glibc)
        private typealias Actions = posix_spawn_file_actions_t
        private typealias Attributes = posix_spawnattr_t
    #else
        private typealias Actions = posix_spawn_file_actions_t?
        private typealias Attributes = posix_spawnattr_t?
    #endif

    /// - Parameters:
    ///   - executable: Path, or a name to find on the PATH.
    ///   - input: Descriptor to become standard input; nil: /dev/null. Likewise `output` and `errors`.
    static func start(
        _ executable: String, _ arguments: [String], environment: [String: String], directory: String?,
        input: Int32?, output: Int32?, errors: Int32?
    ) throws(TestKitError) -> pid_t {
        var actions = makeActions()
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (target, source) in [(STDIN_FILENO, input), (STDOUT_FILENO, output), (STDERR_FILENO, errors)] {
            if let source {
                posix_spawn_file_actions_adddup2(&actions, source, target)
            } else {
                posix_spawn_file_actions_addopen(&actions, target, "/dev/null", O_RDWR, 0)
            }
        }

        #if canImport(Glibc)
            // With a copy of a connection in a child's hands, its other side would not learn that it was closed.
            _ = closeFrom?(&actions, STDERR_FILENO + 1)
        #endif

        var attributes = makeAttributes()
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        for number in [SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGCHLD] { sigaddset(&signals, number) }
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setpgroup(&attributes, 0)
        var flags = Int32(POSIX_SPAWN_SETPGROUP) | Int32(POSIX_SPAWN_SETSIGDEF) | Int32(POSIX_SPAWN_SETSIGMASK)
        #if canImport(Darwin)
            flags |= Int32(POSIX_SPAWN_CLOEXEC_DEFAULT)
        #endif
        posix_spawnattr_setflags(&attributes, Int16(flags))

        // The call that changes the directory is not portable; a shell that becomes the program is.
        let words =
            directory.map { ["/bin/sh", "-c", #"cd "$0" && exec "$@""#, $0, executable] + arguments }
            ?? [executable] + arguments
        let argv = words.map { strdup($0) } + [nil]
        let envp = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in argv + envp { free(text) } }
        var pid: pid_t = 0
        let code = Descriptor.inheritance.withLock { _ in
            posix_spawnp(&pid, words[0], &actions, &attributes, argv, envp)
        }
        guard code == 0 else { throw TestKitError("cannot start \(executable): \(String(cString: strerror(code)))") }
        return pid
    }

    #if canImport(Glibc)
        /// glibc has had it since 2.34; Swift's module of it does not show it.
        private static let closeFrom = dlsym(nil, "posix_spawn_file_actions_addclosefrom_np").map {
            unsafeBitCast($0, to: (@convention(c) (UnsafeMutablePointer<Actions>, Int32) -> Int32).self)
        }
    #endif

    private static func makeActions() -> Actions {
        #if canImport(Glibc)
            var actions = posix_spawn_file_actions_t()
        #else
            var actions: posix_spawn_file_actions_t?
        #endif
        posix_spawn_file_actions_init(&actions)
        return actions
    }

    private static func makeAttributes() -> Attributes {
        #if canImport(Glibc)
            var attributes = posix_spawnattr_t()
        #else
            var attributes: posix_spawnattr_t?
        #endif
        posix_spawnattr_init(&attributes)
        return attributes
    }
}
