#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The lines typed at earlier prompts, in a file that several sessions share. It holds what people ask: nobody else may read
/// it. Not being able to write it never disturbs a conversation.
struct InputHistory: Sendable {
    /// Entries that are kept.
    static let limit = 1_000
    /// An entry longer than this, in bytes, is a paste and not worth keeping.
    private static let entryLimit = 16 << 10

    /// Where the entries are kept; nil: only in memory.
    let path: String?
    /// Oldest first.
    private(set) var entries: [String]

    /// Reads the file, if there is one.
    init(path: String?) {
        self.path = path
        entries =
            path.map { Self.decode((try? FileText.bytes(at: $0, limit: Self.limit * Self.entryLimit)) ?? []) } ?? []
    }

    /// `$XDG_STATE_HOME/localcode/history` (https://specifications.freedesktop.org/basedir-spec/latest/).
    static func path(environment: [String: String]) -> String? {
        if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") { return "\(state)/localcode/history" }
        guard let home = environment["HOME"], home.hasPrefix("/") else { return nil }
        return "\(home)/.local/state/localcode/history"
    }

    /// Adds an entry, in memory and in the file. Blank ones and repetitions of the last one are left out.
    mutating func add(_ entry: String) {
        guard entry.contains(where: { !$0.isWhitespace }), entry != entries.last, entry.utf8.count <= Self.entryLimit
        else { return }
        entries.append(entry)
        if entries.count > Self.limit { entries.removeFirst(entries.count - Self.limit) }
        if let path { try? Self.append(entry, to: path) }
    }

    // MARK: The file

    /// One entry a line, in the order of time; line breaks and backslashes are escaped.
    static func encode(_ entries: some Sequence<String>) -> String {
        entries.map { $0.replacing("\\", with: "\\\\").replacing("\n", with: "\\n") + "\n" }.joined()
    }

    static func decode(_ bytes: [UInt8]) -> [String] {
        bytes.split(separator: 0x0A).suffix(limit).map { line in
            var text = ""
            var isEscaped = false
            for character in String(decoding: line, as: UTF8.self) {
                if isEscaped {
                    text.append(character == "n" ? "\n" : character)
                    isEscaped = false
                } else if character == "\\" {
                    isEscaped = true
                } else {
                    text.append(character)
                }
            }
            return text
        }
    }

    /// Under a lock, because other sessions append, too: at the end, or as a new file where the old one is full.
    private static func append(_ entry: String, to path: String) throws {
        let parent = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        try FileText.makeDirectory(parent)
        let lock = open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0 else { return }
        defer { close(lock) }
        guard flock(lock, LOCK_EX) == 0 else { return }
        let stored = decode((try? FileText.bytes(at: path, limit: limit * entryLimit)) ?? [])
        if stored.count < limit {
            try write(encode([entry]), to: path, O_APPEND)
        } else {
            // Under another name first: whoever reads, and whatever happens, there is always a whole file.
            let draft = path + ".new"
            try write(encode(stored.suffix(limit - 1) + [entry]), to: draft, O_TRUNC)
            rename(draft, path)
        }
    }

    private static func write(_ text: String, to path: String, _ mode: Int32) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | mode, 0o600)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        _ = fchmod(descriptor, 0o600)
        try Descriptor.write(descriptor, Array(text.utf8))
    }
}
