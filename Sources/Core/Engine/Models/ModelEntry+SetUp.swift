extension ModelEntry {
    /// The model that the set-up has put into LocalCode's data directory; nil where there is none. It is called like its file.
    public static func ofSetUp(_ directories: Directories) -> ModelEntry? {
        let path = Directories.resolved(directories.data + "/models/default.gguf")
        guard Directories.isFile(path) else { return nil }
        let file = path.split(separator: "/").last.map(String.init) ?? path
        var entry = ModelEntry(name: file.hasSuffix(".gguf") ? String(file.dropLast(5)) : file, source: .file(path))
        entry.isPinned = true
        return entry.withTemplateBesideModel
    }

    /// With the chat template that lies beside the model, if there is one and the entry names none: `model.jinja` beside
    /// `model.gguf`.
    public var withTemplateBesideModel: ModelEntry {
        guard mode == .chat, chatTemplate == nil, case .file(let path) = source, path.hasSuffix(".gguf") else {
            return self
        }
        let template = path.dropLast(5) + ".jinja"
        guard Directories.isFile(String(template)) else { return self }
        var entry = self
        entry.chatTemplate = String(template)
        return entry
    }
}
