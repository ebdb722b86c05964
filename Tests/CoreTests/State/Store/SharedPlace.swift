import Support

@testable import LocalCodeCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A store's place that a test shares with the processes it starts. They know it by their parent and its name. It goes with
/// the last reference.
final class SharedPlace: Sendable {
    let place: StorePlace
    private let path: String

    init(_ name: String) throws {
        path = Self.path(name, of: getpid())
        try Files.makeDirectory(path)
        place = StorePlace(at: "\(path)/localcode")
    }

    deinit { Self.remove(path) }

    /// In a process that the test started.
    static func ofParent(_ name: String) -> StorePlace { StorePlace(at: "\(path(name, of: getppid()))/localcode") }

    /// Work of a process that the test started; what it throws is found in `failures`.
    static func work(_ name: String, _ body: (StorePlace) throws -> Void) throws {
        do {
            try body(ofParent(name))
        } catch {
            try TestFiles.write(Array("\(error)".utf8), to: "\(path(name, of: getppid()))/failure-\(getpid())")
            throw error
        }
    }

    /// What processes failed with.
    var failures: [String] {
        Files.names(in: path).filter { $0.hasPrefix("failure-") }.map { name in
            String(decoding: (try? TestFiles.bytes(of: "\(path)/\(name)")) ?? [], as: UTF8.self)
        }
    }

    private static func path(_ name: String, of process: pid_t) -> String { "/tmp/localcode-shared-\(process)-\(name)" }

    private static func remove(_ path: String) {
        for name in Files.names(in: path) {
            let inner = "\(path)/\(name)"
            if Files.status(inner)?.isDirectory == true { remove(inner) } else { Files.remove(inner) }
        }
        rmdir(path)
    }
}
