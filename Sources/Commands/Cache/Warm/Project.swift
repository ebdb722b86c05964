import LocalCodeCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What a coding agent tells its model of a project, as OpenCode 1 finds it.
struct Project: Sendable, Equatable {
    /// A file of instructions.
    struct Instructions: Sendable, Equatable {
        var path: String
        var text: String
    }

    /// Absolute, links followed, as a process sees its working directory.
    var directory: String
    /// The top of the git repository; `/` outside of one.
    var worktree: String
    var isGit: Bool
    /// The nearest first.
    var instructions: [Instructions]

    /// The first of these that is anywhere between the directory and the top of the repository is what counts.
    static let names = ["AGENTS.md", "CLAUDE.md", "CONTEXT.md"]
    /// The largest file of instructions that is read.
    static let limit = 4 << 20

    /// Looks at a directory.
    static func read(_ directory: String) throws -> Project {
        let directory = Directories.resolved(directory)
        let above = parents(of: directory)
        let top = above.first { access("\($0)/.git", F_OK) == 0 }
        let worktree = top ?? "/"
        let places = above.prefix(through: worktree)
        for name in names {
            let found = try places.compactMap { place -> Instructions? in
                let path = place == "/" ? "/\(name)" : "\(place)/\(name)"
                guard Directories.isFile(path), let bytes = try FileText.bytes(at: path, limit: limit) else {
                    return nil
                }
                guard let text = String(validating: bytes, as: UTF8.self) else {
                    throw Failure("\(path) is no text in UTF-8")
                }
                // OpenCode leaves empty files out.
                return text.isEmpty ? nil : Instructions(path: path, text: text)
            }
            guard found.isEmpty else {
                return Project(directory: directory, worktree: worktree, isGit: top != nil, instructions: found)
            }
        }
        return Project(directory: directory, worktree: worktree, isGit: top != nil, instructions: [])
    }

    static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// A directory and all above it, itself first.
    private static func parents(of directory: String) -> [String] {
        var list = [directory]
        var rest = Substring(directory)
        while rest != "/", let slash = rest.lastIndex(of: "/") {
            rest = slash == rest.startIndex ? "/" : rest[..<slash]
            list.append(String(rest))
        }
        return list
    }
}

extension [String] {
    fileprivate func prefix(through last: String) -> ArraySlice<String> {
        self[...(firstIndex(of: last) ?? count - 1)]
    }
}

/// Today, as JavaScript's `toDateString` writes it: `Mon Nov 23 2026`.
enum DateText {
    private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// - Parameter seconds: since 1970; the day is that of the local time zone.
    static func text(_ seconds: Double) -> String {
        var time = time_t(seconds)
        var parts = tm()
        localtime_r(&time, &parts)
        let (day, month) = (days[Int(parts.tm_wday) % 7], months[Int(parts.tm_mon) % 12])
        let number = parts.tm_mday < 10 ? "0\(parts.tm_mday)" : "\(parts.tm_mday)"
        return "\(day) \(month) \(number) \(parts.tm_year + 1900)"
    }
}
