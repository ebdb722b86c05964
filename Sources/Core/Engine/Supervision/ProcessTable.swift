import CProcess

#if canImport(Glibc)
    import Glibc
    import SystemPackage
#else
    import Darwin
    import System
#endif

/// What the system tells of any process.
enum ProcessTable {
    /// When a process started, in a form that no other process on this machine has with the same number: numbers come
    /// again, this does not. Nil where there is no such process, or one that has ended and only waits to be reaped.
    static func birth(of pid: Int32) -> String? {
        #if os(Linux)
            guard let status = status(of: pid), !status.hasEnded else { return nil }
            return "\(boot)/\(status.start)"
        #else
            let start = localcode_start_time(pid)
            return start == 0 ? nil : "\(start)"
        #endif
    }

    /// Bytes of memory that a process uses, on disk for lack of room or not; nil where that is not known.
    static func memory(of pid: Int32) -> Int? {
        #if os(Linux)
            guard let text = text(of: "/proc/\(pid)/status") else { return nil }
            let kilobytes = text.split(separator: "\n").compactMap { line -> Int? in
                guard line.hasPrefix("VmRSS:") || line.hasPrefix("VmSwap:") else { return nil }
                return line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }
            }
            return kilobytes.isEmpty ? nil : kilobytes.reduce(0, +) * 1024
        #else
            let bytes = localcode_memory(pid)
            return bytes == 0 ? nil : Int(clamping: bytes)
        #endif
    }

    /// The processes of a group that have a text among their arguments.
    static func members(of group: Int32, withArgument argument: String) -> [Int32] {
        #if os(Linux)
            return Files.names(in: "/proc").compactMap { Int32($0) }.filter { pid in
                guard let status = status(of: pid), status.group == group, !status.hasEnded else { return false }
                return text(of: "/proc/\(pid)/cmdline")?.split(separator: "\0").contains { $0 == argument } ?? false
            }
        #else
            return []
        #endif
    }

    #if os(Linux)
        /// A line of /proc/PID/stat, as far as it matters here.
        struct Status: Equatable {
            /// Nothing is left of it but its number.
            let hasEnded: Bool
            let group: Int32
            /// Clock ticks from the machine's start to the process's.
            let start: UInt64

            init?(_ line: String) {
                // The second field is a name in parentheses, which can hold anything, parentheses and spaces, too.
                guard let name = line.lastIndex(of: ")") else { return nil }
                let fields = line[name...].dropFirst().split(separator: " ")
                guard fields.count > 19, let group = Int32(fields[2]), let start = UInt64(fields[19]) else {
                    return nil
                }
                hasEnded = ["Z", "X", "x"].contains(fields[0])
                self.group = group
                self.start = start
            }
        }

        private static func status(of pid: Int32) -> Status? { text(of: "/proc/\(pid)/stat").flatMap(Status.init) }

        /// Ticks begin anew with each start of the machine.
        private static let boot = String(
            (text(of: "/proc/sys/kernel/random/boot_id") ?? "").prefix { !$0.isWhitespace })
    #endif

    /// What a small file holds; nil where it cannot be read.
    static func text(of path: String, limit: Int = 1 << 16) -> String? {
        guard let file = try? FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec) else { return nil }
        defer { try? file.close() }
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 4096)
        while bytes.count < limit {
            guard let count = try? part.withUnsafeMutableBytes({ try file.read(into: $0) }) else { return nil }
            if count == 0 { break }
            bytes += part[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
