import LocalCodeCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Finds places in files.
struct SourceSearch {
    /// As the user wrote them.
    let paths: [String]
    let types: FileTypes
    let store: SearchIndexStore
    let context: Context

    /// The places whose words fit best, at most so many.
    /// - Throws: `Failure` where a path cannot be searched.
    func places(for question: String, limit: Int) throws -> [RerankPlace] {
        let roots = try paths.map(root)
        let progress = ProgressLine(context.error, steps: roots.count)
        defer { progress.end() }
        var search = LexicalSearch(question)
        for root in roots {
            progress.step("reading \(root.shown)")
            search.add(try index(of: root, progress)) { types.contain($0) }
        }
        // Of paths one of which is inside another, everything is found once.
        var seen: Set<String> = []
        let places = search.best(limit * roots.count).compactMap { hit -> RerankPlace? in
            let root = roots[hit.index]
            let path = "\(root.tree.root)/\(hit.path)"
            guard seen.insert("\(path):\(hit.lines.lowerBound)").inserted,
                let text = SourceText.lines(hit.lines, of: path)
            else { return nil }
            let origin = RerankPlace.Origin.file(path: root.prefix + hit.path, lines: hit.lines)
            return RerankPlace(origin: origin, text: text, words: hit.score)
        }
        return Array(places.prefix(limit))
    }

    /// A path that is searched.
    private struct Root {
        var tree: SearchTree
        /// As the user wrote it.
        var shown: String
        /// What stands before the paths in it.
        var prefix: String
    }

    private func root(_ path: String) throws -> Root {
        let absolute = ChatFile.absolute(path, in: context.workingDirectory)
        var status = stat()
        guard stat(absolute, &status) == 0 else { throw Failure("cannot search \(path): \(systemMessage(errno))") }
        var prefix = path
        if status.st_mode & S_IFMT == S_IFDIR {
            while prefix.hasPrefix("./") { prefix.removeFirst(2) }
            if !prefix.isEmpty, !prefix.hasSuffix("/") { prefix += "/" }
            if prefix == "./" { prefix = "" }
        } else {
            prefix = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
        }
        return Root(tree: SearchTree(at: Self.tree(absolute, status)), shown: path, prefix: prefix)
    }

    /// A directory's path with links followed, so that a tree has one index; a file's keeps its name.
    private static func tree(_ path: String, _ status: stat) -> String {
        guard status.st_mode & S_IFMT != S_IFDIR, let slash = path.lastIndex(of: "/") else {
            return Directories.resolved(path)
        }
        return Directories.resolved(String(path[...slash])) + path[slash...]
    }

    private func index(of root: Root, _ progress: ProgressLine) throws -> SearchIndex {
        do {
            let (index, isKept) = try root.tree.index(store, environment: context.environment) { count in
                if count.isMultiple(of: 256) { progress.tick() }
            }
            if !isKept {
                progress.end()
                try context.error.write(
                    "localcode: note: the index of \(root.shown) cannot be kept in the cache directory\n")
            }
            return index
        } catch let error as SearchError {
            throw Failure(error.description, hint: error.hint)
        }
    }
}
