import LocalCodeCore
import Subprocess

#if canImport(System)
    import System
#else
    import SystemPackage
#endif

/// The files that matter for a gap in one: those it imports, and those of its language that changed lately.
struct FIMSurroundings: Sendable {
    /// The file, as the user wrote it.
    let path: String
    let context: Context

    /// The most files of each kind.
    private static let most = 8
    /// So many commits are looked at.
    private static let commits = 8
    /// The most bytes of a file that are shown.
    private static let bytesOfChunk = 4 << 10
    /// Larger files are not made by hand.
    private static let largest = 512 << 10

    /// Pieces of the files, imports first.
    /// - Parameter text: of the file.
    func chunks(text: String) async -> [FIMChunk] {
        let file = Directories.resolved(ChatFile.absolute(path, in: context.workingDirectory))
        let directory = String(file.prefix(upTo: file.lastIndex(of: "/") ?? file.startIndex))
        let root = await lines(["rev-parse", "--show-toplevel"], in: directory, separator: "\n").first
        var files = imports(text, directory: directory, root: root)
        if let root { files += await changed(in: root).filter { Self.isSameLanguage($0, file) }.prefix(Self.most) }
        var seen = [file]
        return files.compactMap { path -> FIMChunk? in
            let path = Directories.resolved(path)
            guard !seen.contains(path) else { return nil }
            seen.append(path)
            return chunk(path, root: root ?? directory)
        }
    }

    private func chunk(_ path: String, root: String) -> FIMChunk? {
        guard let bytes = try? FileText.bytes(at: path, limit: Self.largest),
            let text = try? ChatFile.text(bytes, name: path)
        else { return nil }
        let name = path.hasPrefix(root + "/") ? String(path.dropFirst(root.count + 1)) : path
        return FIMChunk(filename: name, text: text).cut(to: Self.bytesOfChunk)
    }

    private func imports(_ text: String, directory: String, root: String?) -> [String] {
        let places = [directory] + (root.map { $0 == directory ? [] : [$0] } ?? [])
        let found = FIMImports(text, path: path).candidates.compactMap { names in
            places.flatMap { place in names.map { "\(place)/\($0)" } }.first(where: Directories.isFile)
        }
        return Array(found.prefix(Self.most))
    }

    static func isSameLanguage(_ path: String, _ other: String) -> Bool {
        let (ending, otherEnding) = (FIMImports.ending(of: path), FIMImports.ending(of: other))
        guard ending != otherEnding else { return true }
        let language = FIMImports.Language(path: path)
        return language != nil && language == FIMImports.Language(path: other)
    }

    // MARK: git

    /// What is not committed, then what was lately.
    private func changed(in root: String) async -> [String] {
        let status = await lines(
            ["status", "--porcelain=v1", "-z", "--no-renames", "--untracked-files=all"], in: root, separator: "\0")
        let log = await lines(
            ["log", "-n", "\(Self.commits)", "--name-only", "--no-renames", "--format=", "-z"], in: root,
            separator: "\0")
        // Two letters and a blank stand in front of a name in the status, and line breaks between commits in the log.
        let names = status.map { $0.dropFirst(3) } + log.map { $0.drop { $0 == "\n" } }
        return names.filter { !$0.isEmpty }.map { "\(root)/\($0)" }.filter(Directories.isFile)
    }

    /// What git prints; nothing where there is no git or no repository.
    private func lines(_ arguments: [String], in directory: String, separator: Character) async -> [String] {
        guard let git = findProgram("git", environment: context.environment) else { return [] }
        var variables = context.environment.map { (Environment.Key(stringLiteral: $0.key), $0.value) }
        // Looking must not take the lock that a commit needs.
        variables.append((Environment.Key(stringLiteral: "GIT_OPTIONAL_LOCKS"), "0"))
        let result = try? await Subprocess.run(
            .path(FilePath(git)), arguments: Arguments(["-C", directory] + arguments),
            environment: .custom(Dictionary(variables) { _, last in last }), input: .none,
            output: .string(limit: 4 << 20), error: .discarded)
        guard let result, result.terminationStatus.isSuccess else { return [] }
        return result.standardOutput.split(separator: separator).map(String.init)
    }
}
