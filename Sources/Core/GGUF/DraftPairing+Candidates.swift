extension DraftPairing {
    /// A file that may be a draft.
    public struct Candidate: Sendable, Equatable {
        public let path: String
        /// What its weights take; 0 where it cannot be read.
        public let bytes: Int
        /// Numbers it computes with.
        public let parameterCount: Int
        /// Why it cannot guess for the target; nil: it can.
        public let refusal: String?
        /// What speaks against it, although it can; nil: nothing.
        public let doubt: String?
    }

    /// A draft pays that is much smaller than its target: at most one of so many parts.
    private static let worthwhile = 10

    /// Files looked at in a directory tree, and how deep it goes.
    private static let fileLimit = 10_000
    private static let depthLimit = 4

    /// The models in directories and those below, other than the target: first those that fit, the smallest first. A file is
    /// a candidate itself.
    public static func candidates(for target: ModelHeader, in directories: [String]) -> [Candidate] {
        let own = Directories.resolved(target.path)
        var paths: Set<String> = []
        for place in directories {
            if Directories.isFile(place) {
                paths.insert(place)
            } else {
                collect(place, depth: 0, into: &paths)
            }
        }
        return paths.map(Directories.resolved).uniqued.filter { $0 != own }.map { candidate($0, for: target) }
            .sorted { one, other in
                (one.refusal == nil ? 0 : 1, one.bytes, one.path) < (
                    other.refusal == nil ? 0 : 1, other.bytes, other.path
                )
            }
    }

    private static func candidate(_ path: String, for target: ModelHeader) -> Candidate {
        do throws(GGUFError) {
            let draft = try ModelHeader.read(path: path)
            return Candidate(
                path: path, bytes: draft.tensorBytes, parameterCount: draft.parameterCount,
                refusal: refusal(target: target, draft: draft) ?? slowness(target: target, draft: draft),
                doubt: doubt(target: target, draft: draft))
        } catch {
            // Another part of it may be meant.
            let name = error.path == path ? "it" : error.path.split(separator: "/").last.map(String.init) ?? error.path
            return Candidate(
                path: path, bytes: 0, parameterCount: 0, refusal: "\(name) \(error.problem)", doubt: nil)
        }
    }

    private static func doubt(target: ModelHeader, draft: ModelHeader) -> String? {
        guard draft.tensorBytes > target.tensorBytes / worthwhile, target.tensorBytes > 0 else { return nil }
        let share = (100 * Double(draft.tensorBytes) / Double(target.tensorBytes)).rounded()
        return "is large for a draft (\(Int(clamping: share)) % of the target)"
    }

    /// llama-server would use it; nobody would want that.
    private static func slowness(target: ModelHeader, draft: ModelHeader) -> String? {
        draft.tensorBytes < target.tensorBytes ? nil : "it is no smaller than the target"
    }

    private static func collect(_ directory: String, depth: Int, into paths: inout Set<String>) {
        guard depth <= depthLimit else { return }
        for name in Files.names(in: directory).sorted() where !name.hasPrefix(".") {
            let path = directory.hasSuffix("/") ? directory + name : "\(directory)/\(name)"
            if name.hasSuffix(".gguf"), Directories.isFile(path) {
                guard paths.count < fileLimit else { return }
                // Later parts of a split model are found with the first.
                if let parts = try? GGUFFile.partPaths(of: path), parts.first != path { continue }
                paths.insert(path)
            } else if Files.status(path)?.isDirectory == true {
                collect(path, depth: depth + 1, into: &paths)
            }
        }
    }
}

extension [String] {
    fileprivate var uniqued: [String] { Array(Set(self)) }
}
