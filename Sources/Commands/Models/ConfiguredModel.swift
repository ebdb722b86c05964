import LocalCodeCore

/// A model of the configuration, and what its files say of a start.
struct ConfiguredModel {
    let entry: ModelEntry
    /// Bytes that it will take; nil where its files do not tell.
    let estimate: Int?
    /// What keeps it from being started.
    let problem: String?

    /// Looks at the files of a model.
    /// - Parameter executable: what it is started with; nil where there is nothing.
    init(_ entry: ModelEntry, executable: String?) {
        self.entry = entry
        problem = Self.problem(entry)
        estimate = entry.memory ?? (try? MemoryEstimate.of(entry, executable: executable))?.necessary
    }

    private static func problem(_ entry: ModelEntry) -> String? {
        do {
            try LaunchPlan.check(entry)
            return nil
        } catch {
            return error.message
        }
    }

    // MARK: For people

    /// A line a model.
    static func table(_ models: [ConfiguredModel]) -> TextTable {
        var table = TextTable([
            .init(title: "NAME", least: 12), .init(title: "MODE"), .init(title: "FILE", least: 12, rank: 1),
            .init(title: "ESTIMATE", isNumber: true), .init(title: "PROBLEM", least: 24),
        ])
        for model in models {
            table.add([
                model.entry.name, model.entry.mode.rawValue, model.file,
                model.estimate.map { "~\(ByteCount(bytes: $0))" } ?? "-", model.problem ?? "-",
            ])
        }
        return table
    }

    /// Its file's name, or the one that llama-server downloads.
    private var file: String {
        switch entry.source {
        case .file(let path): path.split(separator: "/").last.map(String.init) ?? path
        case .huggingFace(let name): name
        }
    }

    // MARK: For scripts

    /// In the words of `serve`.
    var json: JSONValue {
        let path: String
        switch entry.source {
        case .file(let file): path = file
        case .huggingFace(let name): path = name
        }
        return [
            "name": .string(entry.name), "aliases": .array(entry.aliases.map { .string($0) }), "state": .null,
            "mode": .string(entry.mode.rawValue), "path": .string(path),
            "estimate_bytes": estimate.map { .number($0) } ?? .null,
            "problem": problem.map { .string($0) } ?? .null, "pinned": .bool(entry.isPinned),
            "steering": .array(
                entry.controlVectors.map { ["path": .string($0.path), "scale": .number($0.scale)] }),
            "speculation": .array(entry.speculation.kinds.map { .string($0) }),
        ]
    }
}
