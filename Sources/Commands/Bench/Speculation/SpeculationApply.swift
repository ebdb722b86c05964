import LocalCodeCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// `bench spec --apply`: writes how a model is to guess ahead into localcode.yaml, and leaves the rest of it as it is.
struct SpeculationApply: Sendable {
    /// The file as the user knows it, and where it is.
    var name: String
    var path: String
    /// The model's name there.
    var model: String
    /// What a leading `~/` stands for.
    var home: String?

    /// Writes it.
    /// - Returns: whether there was something to change.
    func write(_ speculation: ModelEntry.Speculation) throws -> Bool {
        guard let bytes = try FileText.bytes(at: path, limit: ConfigurationFile.limit) else {
            throw Failure("\(name) is gone")
        }
        let text = try text(applying: speculation, to: bytes)
        guard !text.utf8.elementsEqual(bytes) else { return false }
        try replaceFile(with: text)
        return true
    }

    /// The text of the file that says so. It is read again as `serve` will read it: nothing else may have changed.
    func text(applying speculation: ModelEntry.Speculation, to bytes: [UInt8]) throws -> String {
        let old = try read(bytes)
        guard let entry = old.entries.first(where: { $0.name == model }) else {
            throw refusal("it has no model '\(model)'", speculation)
        }
        let text = String(decoding: bytes, as: UTF8.self)
        guard Self.differ(entry.speculation, speculation) else { return text }
        var edit = ModelEntryEdit(text)
        do {
            try edit.apply(SpeculationKeys(speculation).changes(from: SpeculationKeys(entry.speculation)), to: model)
            // What the model has from another one that it is like is taken back with a null.
            let between = try read(Array(edit.text.utf8)).entries.first { $0.name == model } ?? entry
            let rest = SpeculationKeys(speculation).changes(from: SpeculationKeys(between.speculation))
            try edit.apply(rest.map { ($0.key, $0.value ?? "~") }, to: model)
        } catch let error as ModelEntryEdit.Refusal {
            throw refusal(error.message, speculation)
        }
        let new = try? read(Array(edit.text.utf8))
        guard let new, new.settings == old.settings, Self.others(new.entries) == Self.others(old.entries),
            new.entries.first(where: { $0.name == model })?.speculation == speculation
        else { throw refusal("it is written in a way that cannot be changed here", speculation) }
        return edit.text
    }

    private typealias Content = (settings: [String: JSONValue], entries: [ModelEntry])

    private func read(_ bytes: [UInt8]) throws(ConfigurationProblem) -> Content {
        let file = try ConfigurationFile(parsing: bytes, path: name)
        let directory = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
        let (entries, problems) = ModelEntry.read(from: file, in: directory, home: home)
        if let problem = problems.first { throw problem }
        let settings = file.entries.filter { $0.key != ModelEntry.key }.map { ($0.key, $0.json) }
        return (Dictionary(settings) { first, _ in first }, entries)
    }

    /// The models without what may change: one that is like the model changes with it.
    private static func others(_ entries: [ModelEntry]) -> [ModelEntry] {
        entries.map { entry in
            var entry = entry
            entry.speculation = ModelEntry.Speculation()
            return entry
        }
    }

    /// Nothing said is as good as none.
    private static func differ(_ old: ModelEntry.Speculation, _ new: ModelEntry.Speculation) -> Bool {
        let isNone = [old, new].allSatisfy { $0.kinds == ["none"] || $0.kinds.isEmpty && $0.draft == nil }
        return !isNone && old != new
    }

    private func refusal(_ reason: String, _ speculation: ModelEntry.Speculation) -> Failure {
        let lines = SpeculationKeys(speculation).lines.split(separator: "\n").joined(separator: ", ")
        return Failure("cannot change \(name): \(reason)", hint: "write below '\(model)': \(lines)")
    }

    /// In one step: whoever reads the file meanwhile sees the old text or the new one.
    private func replaceFile(with text: String) throws {
        let target = Directories.resolved(path)
        var status = stat()
        let mode = stat(target, &status) == 0 ? status.st_mode & 0o7777 : 0o600
        let draft = "\(target).\(getpid()).tmp"
        do {
            try FileText.write("", to: draft)
            // Before there is anything in it: the file can hold keys.
            guard chmod(draft, mode) == 0 else { throw Failure("cannot write \(draft): \(lastSystemError())") }
            try FileText.write(text, to: draft)
            guard rename(draft, target) == 0 else { throw Failure("cannot write \(name): \(lastSystemError())") }
        } catch {
            unlink(draft)
            throw error
        }
    }
}
