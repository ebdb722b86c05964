/// What was changed, a few words each, for a header field and a line of the log.
struct ToolNotes {
    private var notes: [String] = []
    private var more = 0

    /// A long session may need the same repair many times.
    private static let limit = 6
    private static let longest = 160

    /// Takes down a note. Part of it may be a client's own words: what is not plain ASCII, and what would end a value of the
    /// header, becomes a question mark.
    mutating func add(_ note: String) {
        guard notes.count < Self.limit else { return more += 1 }
        let plain = note.unicodeScalars.prefix(Self.longest).map { scalar in
            0x20...0x7E ~= scalar.value && scalar != ";" ? Character(scalar) : "?"
        }
        notes.append(String(plain))
    }

    /// All of them; where there are too many, the last one says how many more.
    var list: [String] { more > 0 ? notes + ["\(more) more repairs"] : notes }
}
