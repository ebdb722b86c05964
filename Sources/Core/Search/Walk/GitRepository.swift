/// What a git repository says about files that are not to be looked at, beside its .gitignore files.
struct GitRepository: Sendable {
    /// The directory with `config` and `info/exclude`: of all work trees of the repository.
    private let directory: String

    /// - Parameter path: a directory; nil is returned where it is not the top of a work tree.
    init?(at path: String) {
        let entry = "\(path)/.git"
        if Directories.isDirectory(entry) {
            directory = entry
            return
        }
        // A work tree beside the first one, or a submodule: `gitdir: PATH`.
        guard let text = SmallFile.text(entry), text.hasPrefix("gitdir:") else { return nil }
        let own = Self.resolved(text.dropFirst("gitdir:".count), from: path)
        directory = SmallFile.text("\(own)/commondir").map { Self.resolved($0[...], from: own) } ?? own
    }

    /// The text of the rules for this repository alone.
    var excludes: [UInt8]? { SmallFile.bytes("\(directory)/info/exclude") }

    /// The text of the user's rules for all repositories: the file that `core.excludesFile` names, or the usual one.
    /// - Parameter repository: its settings count, too; nil outside of a repository.
    static func userExcludes(_ repository: GitRepository?, environment: [String: String]) -> [UInt8]? {
        let home = environment["HOME"] ?? "/"
        let base = environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "\(home)/.config"
        let global = environment["GIT_CONFIG_GLOBAL"].map { [$0] } ?? ["\(base)/git/config", "\(home)/.gitconfig"]
        let system = environment["GIT_CONFIG_SYSTEM"] ?? "/etc/gitconfig"
        let files = [system] + global + (repository.map { ["\($0.directory)/config"] } ?? [])
        let named = files.compactMap { SmallFile.text($0).flatMap(excludesFile) }.last
        guard let named else { return SmallFile.bytes("\(base)/git/ignore") }
        return SmallFile.bytes(named.hasPrefix("~/") ? home + named.dropFirst() : named)
    }

    /// The value of `core.excludesFile` in a configuration file of git; nil where it is not there.
    static func excludesFile(in text: String) -> String? {
        var isCore = false
        var found: String?
        for line in text.split(whereSeparator: \.isNewline) {
            let line = trimmed(line)
            if line.hasPrefix("[") {
                isCore = line.dropFirst().prefix { $0 != "]" }.lowercased() == "core"
            } else if isCore, let equals = line.firstIndex(of: "="),
                trimmed(line[..<equals]).lowercased() == "excludesfile"
            {
                let value = trimmed(line[line.index(after: equals)...])
                let isQuoted = value.hasPrefix("\"") && value.hasSuffix("\"") && value.count > 1
                found = String(isQuoted ? value.dropFirst().dropLast() : value)
            }
        }
        return found
    }

    private static func resolved(_ path: Substring, from directory: String) -> String {
        let path = trimmed(path)
        return path.hasPrefix("/") ? String(path) : "\(directory)/\(path)"
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
