/// A tree of source files, or a single one, that is searched.
public struct SearchTree: Sendable {
    /// The directory, absolute.
    public let root: String
    /// The path of the one file that counts; nil: all of the tree.
    private let file: String?

    /// - Parameter path: absolute, links followed; of a directory or a file.
    public init(at path: String) {
        guard !Directories.isDirectory(path), let slash = path.lastIndex(of: "/") else {
            (root, file) = (path, nil)
            return
        }
        root = slash == path.startIndex ? "/" : String(path[..<slash])
        file = String(path[path.index(after: slash)...])
    }

    /// The index of the tree as it is now. What the store has of it is used, and brought up to date; a single file is read
    /// anew each time.
    /// - Parameters:
    ///   - environment: where the user's settings of git are.
    ///   - step: called for each file that is read; throws to stop the work.
    /// - Returns: the index, and whether the store could keep it.
    /// - Throws: `SearchError`, and what `step` throws.
    public func index(
        _ store: SearchIndexStore, environment: [String: String], step: (Int) throws -> Void = { _ in }
    ) throws -> (index: SearchIndex, isKept: Bool) {
        if let file {
            guard let text = SmallFile.bytes("\(root)/\(file)", limit: SearchIndex.fileLimit) else {
                throw SearchError(
                    "\(root)/\(file) cannot be read, or is larger than \(ByteCount(bytes: SearchIndex.fileLimit))")
            }
            var index = SearchIndex()
            index.append(SourceFile(path: file, size: text.count, modified: 0), text: text)
            return (index, true)
        }
        let now = Int64(SystemTime.wall() * 1e9)
        let found = try SourceWalk(root: root, environment: environment).files()
        let old = store.index(of: root)
        guard let new = try old.updated(found, root: root, now: now, step: step) else { return (old, true) }
        return (new, store.keep(new, of: root))
    }
}

extension SearchIndex {
    /// An index of texts that are in no file, each a chunk as a whole, whose paths are their numbers from 1.
    public init(documents: [String]) {
        self.init()
        for (index, document) in documents.enumerated() { append(document: document, named: "\(index + 1)") }
    }
}

/// Lines of a file.
public enum SourceText {
    /// The lines, without the last line break; what is no UTF-8 is replaced. nil where they are not there any more.
    public static func lines(_ range: ClosedRange<Int>, of path: String) -> String? {
        guard let text = SmallFile.bytes(path, limit: SearchIndex.fileLimit) else { return nil }
        var start = 0
        for line in 1...range.upperBound {
            guard start <= text.count else { return nil }
            let end = text[start...].firstIndex(of: 0x0A) ?? text.count
            guard line >= range.lowerBound else {
                start = end + 1
                continue
            }
            return self.text(text[start...], lines: range.count)
        }
        return nil
    }

    private static func text(_ bytes: ArraySlice<UInt8>, lines count: Int) -> String {
        let lines = bytes.split(separator: 0x0A, maxSplits: count, omittingEmptySubsequences: false).prefix(count)
        return String(decoding: Array(lines.joined(separator: [0x0A])), as: UTF8.self)
    }
}
