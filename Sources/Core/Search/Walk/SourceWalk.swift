#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A file that a walk found.
public struct SourceFile: Sendable, Equatable {
    /// From the root of the walk, without a slash at its beginning.
    public var path: String
    /// In bytes.
    public var size: Int
    /// When it was changed last, in nanoseconds since 1970.
    public var modified: Int64

    public init(path: String, size: Int, modified: Int64) {
        self.path = path
        self.size = size
        self.modified = modified
    }
}

/// Walks a tree as git does: files that .gitignore, .git/info/exclude or the user's own excludes leave out are passed over, in
/// nested repositories by their own rules; links are not followed. `.ignore` files, which other search tools read, count
/// behind .gitignore files.
public struct SourceWalk {
    /// The most files that are taken.
    public static let fileLimit = 200_000

    private let root: String
    private let environment: [String: String]

    /// - Parameters:
    ///   - root: an absolute path of a directory.
    ///   - environment: where the user's settings of git are: HOME, XDG_CONFIG_HOME.
    public init(root: String, environment: [String: String]) {
        self.root = root
        self.environment = environment
    }

    /// The regular files, sorted by their paths.
    /// - Throws: `SearchError` when the root cannot be read, or there are too many.
    public func files() throws(SearchError) -> [SourceFile] {
        var found: [SourceFile] = []
        var open = [Directory(path: [], rules: rulesAbove())]
        while let directory = open.popLast() {
            guard let more = read(directory, &found) else {
                if directory.path.isEmpty {
                    throw SearchError("cannot read \(root): \(String(cString: strerror(errno)))")
                }
                continue
            }
            guard found.count <= Self.fileLimit else {
                throw SearchError(
                    "there are more than \(Self.fileLimit) files below \(root)", hint: "name a directory in it")
            }
            open += more
        }
        return found.sorted { $0.path < $1.path }
    }

    /// A directory that is to be read.
    private struct Directory {
        /// The names that lead there.
        var path: [[UInt8]]
        /// What is ignored there, the first rules the weakest.
        var rules: [IgnoreFile]
    }

    /// Adds the files of a directory.
    /// - Returns: the directories in it; nil where it cannot be read.
    private func read(_ directory: Directory, _ found: inout [SourceFile]) -> [Directory]? {
        let prefix = directory.path.map { String(decoding: $0, as: UTF8.self) + "/" }.joined()
        guard let handle = opendir("\(root)/\(prefix)") else { return nil }
        defer { closedir(handle) }
        let names = Self.names(handle)
        let rules = rules(of: directory, at: "\(root)/\(prefix)", names)
        var more: [Directory] = []
        for name in names where !Self.isPrivate(name) {
            var status = stat()
            guard fstatat(dirfd(handle), name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { continue }
            let kind = status.st_mode & S_IFMT
            guard kind == S_IFDIR || kind == S_IFREG else { continue }
            let path = directory.path + [Array(name.utf8)]
            if Self.isIgnored(path, isDirectory: kind == S_IFDIR, rules) { continue }
            if kind == S_IFDIR {
                more.append(Directory(path: path, rules: rules))
            } else {
                found.append(SourceFile(path: prefix + name, status))
            }
        }
        return more
    }

    private static func names(_ handle: OpaquePointer) -> [String] {
        var names: [String] = []
        while let entry = readdir(handle) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { buffer in
                String(decoding: buffer.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// What version control keeps for itself.
    private static func isPrivate(_ name: String) -> Bool { [".git", ".hg", ".svn", ".jj"].contains(name) }

    private static func isIgnored(_ path: [[UInt8]], isDirectory: Bool, _ rules: [IgnoreFile]) -> Bool {
        for file in rules.reversed() {
            if let verdict = file.isIgnored(path, isDirectory: isDirectory) { return verdict }
        }
        return false
    }

    // MARK: Rules

    /// The rules that hold in a directory: those from above and its own.
    private func rules(of directory: Directory, at path: String, _ names: [String]) -> [IgnoreFile] {
        var rules = directory.rules
        let depth = directory.path.count
        if depth > 0, names.contains(".git"), let repository = GitRepository(at: path) {
            // What is above a repository has no say in it.
            rules = self.rules(for: repository, depth: depth)
        }
        for name in [".gitignore", ".ignore"] where names.contains(name) {
            if let text = SmallFile.bytes(path + name) { rules.append(IgnoreFile(text, depth: depth)) }
        }
        return rules
    }

    private func rules(for repository: GitRepository?, depth: Int) -> [IgnoreFile] {
        [GitRepository.userExcludes(repository, environment: environment), repository?.excludes].compactMap { text in
            text.map { IgnoreFile($0, depth: depth) }
        }
    }

    /// The rules that come from above the root: of the repository that it is in.
    private func rulesAbove() -> [IgnoreFile] {
        var names: [String] = []
        var top = root
        var repository = GitRepository(at: top)
        while repository == nil, let slash = top.lastIndex(of: "/"), top != "/" {
            names.insert(String(top[top.index(after: slash)...]), at: 0)
            top = slash == top.startIndex ? "/" : String(top[..<slash])
            repository = GitRepository(at: top)
        }
        guard let repository, !names.isEmpty else { return rules(for: repository, depth: 0) }
        return rules(for: repository, at: top, below: names)
    }

    /// - Parameters:
    ///   - top: of the repository.
    ///   - names: that lead from there to the root.
    private func rules(for repository: GitRepository, at top: String, below names: [String]) -> [IgnoreFile] {
        var files = rules(for: repository, depth: 0)
        var path = top
        let bytes = names.map { Array($0.utf8) }
        for (depth, name) in names.enumerated() {
            for file in [".gitignore", ".ignore"] {
                if let text = SmallFile.bytes("\(path)/\(file)") { files.append(IgnoreFile(text, depth: depth)) }
            }
            // Who names a directory that is ignored wants to search it.
            if Self.isIgnored(Array(bytes[...depth]), isDirectory: true, files) { return [] }
            path += "/\(name)"
        }
        return files.map { $0.moved(below: bytes) }
    }
}

extension SourceFile {
    fileprivate init(path: String, _ status: stat) {
        #if canImport(Glibc)
            let time = status.st_mtim
        #else
            let time = status.st_mtimespec
        #endif
        self.init(
            path: path, size: Int(status.st_size), modified: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }
}
