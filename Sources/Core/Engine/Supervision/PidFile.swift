#if canImport(Glibc)
    import Glibc
    import SystemPackage
#else
    import Darwin
    import System
#endif

/// A file that says which engine runs, and which LocalCode it belongs to, so that what a LocalCode leaves behind that is
/// killed can be found and ended. Numbers of processes are given again, therefore their time of birth is with them.
struct PidFile: Sendable, Equatable {
    /// A process, this one and no later one of the same number.
    struct Identity: Sendable, Equatable {
        var pid: Int32
        var birth: String

        /// Nil where there is no such process.
        init?(of pid: Int32) {
            guard let birth = ProcessTable.birth(of: pid) else { return nil }
            self.init(pid: pid, birth: birth)
        }

        init(pid: Int32, birth: String) {
            self.pid = pid
            self.birth = birth
        }

        var isAlive: Bool { ProcessTable.birth(of: pid) == birth }
    }

    static let suffix = ".pid"

    var engine: Identity
    var owner: Identity
    /// The engine's socket, in a directory of its own.
    var socket: String

    init(engine: Identity, owner: Identity, socket: String) {
        self.engine = engine
        self.owner = owner
        self.socket = socket
    }

    /// Reads what `text` wrote; nil where it is something else.
    init?(_ text: String) {
        var lines: [Substring: Substring] = [:]
        for line in text.split(separator: "\n") {
            guard let space = line.firstIndex(of: " ") else { return nil }
            lines[line[..<space]] = line[line.index(after: space)...]
        }
        func identity(_ name: Substring) -> Identity? {
            guard let words = lines[name]?.split(separator: " "), words.count == 2, let pid = Int32(words[0]), pid > 1
            else { return nil }
            return Identity(pid: pid, birth: String(words[1]))
        }
        guard let engine = identity("engine"), let owner = identity("owner"), let socket = lines["socket"],
            socket.hasPrefix("/")
        else { return nil }
        self.init(engine: engine, owner: owner, socket: String(socket))
    }

    var text: String {
        """
        engine \(engine.pid) \(engine.birth)
        owner \(owner.pid) \(owner.birth)
        socket \(socket)

        """
    }

    static func path(of pid: Int32, in directory: String) -> String { "\(directory)/\(pid)\(suffix)" }

    /// Writes it for an engine that was started by this process.
    /// - Throws: `EngineFailure`.
    static func write(_ pid: Int32, socket: String, in directory: String) throws(EngineFailure) {
        // One that has ended already needs no file.
        guard let engine = Identity(of: pid), let owner = Identity(of: getpid()) else { return }
        let file = PidFile(engine: engine, owner: owner, socket: socket)
        let path = path(of: pid, in: directory)
        do {
            // Written aside, so that nobody reads half of it.
            let aside = FilePath("\(path).new")
            let descriptor = try FileDescriptor.open(
                aside, .writeOnly, options: [.create, .truncate, .closeOnExec], permissions: .ownerReadWrite)
            try descriptor.closeAfter { _ = try descriptor.writeAll(file.text.utf8) }
            guard rename(aside.string, path) == 0 else { throw Errno(rawValue: errno) }
        } catch {
            throw EngineFailure("cannot write \(path): \(error)")
        }
    }

    /// Removes the file and the socket with its directory.
    static func remove(_ path: String, socket: String) {
        unlink(path)
        removeSocket(socket)
    }

    static func removeSocket(_ socket: String) {
        unlink(socket)
        // Only empty directories go, whatever the file says.
        if let slash = socket.lastIndex(of: "/") { rmdir(String(socket[..<slash])) }
    }
}
