/// Where somebody types: enough of it to tell whether two requests are about the same file.
struct InfillPlace: Sendable, Equatable {
    /// The client's program and session.
    let client: String
    /// The lines next to the cursor, whole ones only.
    let lines: Set<String>

    /// So many lines on each side count.
    private static let reach = 8
    /// Shorter ones stand in every file.
    private static let shortest = 4
    /// So much of a text is looked at, in bytes.
    private static let window = 4096

    /// Nil for a request without text around the cursor: editors read their other files ahead with such ones.
    init?(_ request: JSONView, client: String) {
        let prefix = Array((request["input_prefix"]?.string ?? "").utf8.suffix(Self.window))
        let suffix = Array((request["input_suffix"]?.string ?? "").utf8.prefix(Self.window))
        guard !prefix.isEmpty || !suffix.isEmpty else { return nil }
        // The cursor's own line is what changes.
        let before = prefix.split(separator: Byte.lineFeed, omittingEmptySubsequences: false).dropLast()
        let behind = suffix.split(separator: Byte.lineFeed, omittingEmptySubsequences: false).dropFirst()
        self.client = client
        lines = Set((Self.telling(before.reversed()) + Self.telling(behind)).prefix(2 * Self.reach))
    }

    private static func telling(_ lines: some Sequence<ArraySlice<UInt8>>) -> [String] {
        var texts: [String] = []
        for line in lines where texts.count < reach {
            let text = line.trimmingBlanks
            if text.count >= shortest { texts.append(String(decoding: text, as: UTF8.self)) }
        }
        return texts
    }

    /// Whether a later request is about the same file: the cursor's surroundings have lines in common, or there are none yet.
    func isSameFile(as later: InfillPlace) -> Bool {
        guard client == later.client else { return false }
        let both = lines.intersection(later.lines).count
        return lines.isEmpty ? later.lines.isEmpty : both > 0 && both >= min(2, lines.count, later.lines.count)
    }
}

extension ArraySlice<UInt8> {
    fileprivate var trimmingBlanks: ArraySlice<UInt8> {
        var rest = drop { $0 <= Byte.space }
        while let last = rest.last, last <= Byte.space { rest.removeLast() }
        return rest
    }
}
