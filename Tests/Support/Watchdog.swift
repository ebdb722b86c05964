import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Ends the child processes of this one when it ends, however that happens: a shell that reads their numbers from a
/// pipe and, when the pipe closes, kills what is left. Each child leads a process group, which goes with it.
final class Watchdog: Sendable {
    static let shared = Watchdog()

    private let pipe: Int32

    private static let script = """
        live=' '
        while read -r sign group; do
            case $sign in
                +) live="$live$group " ;;
                -) live="${live%% $group *} ${live#* $group }" ;;
            esac
        done
        for group in $live; do kill -KILL "-$group"; done 2>/dev/null
        """

    init() {
        let (read, write) = Descriptor.pipe()
        _ = try? Spawn.start(
            "/bin/sh", ["-c", Self.script], environment: [:], directory: nil, input: read, output: nil, errors: nil)
        Descriptor.close(read)
        pipe = write
    }

    deinit { Descriptor.close(pipe) }

    func add(_ group: pid_t) { Descriptor.write("+ \(group)\n".utf8, to: pipe) }
    func remove(_ group: pid_t) { Descriptor.write("- \(group)\n".utf8, to: pipe) }
}
