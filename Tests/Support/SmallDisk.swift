#if canImport(Glibc)
    import Glibc
#endif

/// A file system of a test's own that is soon full. It goes with the last reference.
public final class SmallDisk: Sendable {
    /// Where it is mounted.
    public let path: String
    private let directory: TestDirectory

    #if canImport(Glibc)
        /// Whether this process may mount one: root may, on Linux.
        public static let isPermitted = geteuid() == 0 && (try? SmallDisk(kibibytes: 64)) != nil

        public init(kibibytes: Int) throws {
            directory = try TestDirectory()
            path = try directory.makeDirectory("disk")
            guard mount("tmpfs", path, "tmpfs", UInt(MS_NOSUID | MS_NODEV), "size=\(kibibytes)k,mode=700") == 0 else {
                throw TestKitError("cannot mount a file system: \(String(cString: strerror(errno)))")
            }
        }

        deinit { umount2(path, Int32(MNT_DETACH)) }
    #else
        /// Whether this process may mount one: not here.
        public static let isPermitted = false

        public init(kibibytes: Int) throws { throw TestKitError("mounting a file system is written for Linux only") }
    #endif
}
