/// The directory that a client works in, as its prompt tells: OpenCode has `Working directory: /path` in it, Claude Code
/// the same or `Primary working directory: /path`, Cline `Current Working Directory: /path` or `(/path)`, Roo `Current
/// Workspace Directory`.
enum ProjectDirectory {
    static func find(_ outline: RequestOutline, client: RequestClient) -> String? {
        // Version 2 of OpenCode writes it behind files of the user's, which may have anything in them; the others before
        // these.
        let takesLast = client == .openCode2
        var found: String?
        for block in outline.system {
            if let path = find(in: block, takesLast: takesLast) { found = path }
            if found != nil, !takesLast { return found }
        }
        if found == nil, client == .cline || client == .roo, let first = outline.firstUser {
            RequestOutline.eachText(first) { text in
                found = find(in: text, takesLast: false)
                return found == nil
            }
        }
        return found
    }

    /// Bytes of a path.
    private static let limit = 1024
    /// What looks like it and has no path behind it.
    private static let tries = 64

    private static func find(in text: JSONView, takesLast: Bool) -> String? {
        let bytes = text.document
        var range = text.range.prefix(RequestOutline.searchLength)
        var found: String?
        for _ in 0..<tries {
            guard let place = ByteSearch.first("irectory", in: bytes, range) else { break }
            if let path = path(bytes, at: place, end: range.upperBound) {
                found = path
                if !takesLast { break }
            }
            range = place + 8..<range.upperBound
        }
        return found
    }

    /// - Parameter place: of `irectory`.
    private static func path(_ bytes: [UInt8], at place: Int, end: Int) -> String? {
        let before = bytes[max(0, place - 10)..<place]
        let words = ["orking d", "orking D", "orkspace d", "orkspace D"]
        guard words.contains(where: { before.reversed().starts(with: $0.utf8.reversed()) }) else { return nil }
        let behind = bytes[place + 8..<end]
        let isInBrackets = behind.starts(with: " (".utf8)
        guard isInBrackets || behind.starts(with: ": ".utf8) else { return nil }
        let close: UInt8 = isInBrackets ? 0x29 : Byte.quote
        var stop = behind.startIndex + 2
        let limit = min(end, stop + limit)
        while stop < limit, bytes[stop] != Byte.quote, bytes[stop] != close {
            if bytes[stop] == Byte.backslash {
                // The end of the line; a path of Windows has its backslashes doubled.
                guard stop + 1 < limit, bytes[stop + 1] == Byte.backslash else { break }
                stop += 1
            }
            stop += 1
        }
        guard stop < limit else { return nil }
        let quoted = [Byte.quote] + bytes[behind.startIndex + 2..<stop] + [Byte.quote]
        guard let text = (try? JSONView(validating: quoted))?.string else { return nil }
        let path = String(text.drop { $0 == " " || $0 == "`" }.prefix { $0 != "`" })
        return isAbsolute(path) ? path : nil
    }

    private static func isAbsolute(_ path: String) -> Bool {
        let bytes = path.utf8.prefix(3)
        guard let first = bytes.first else { return false }
        if first == UInt8(ascii: "/") || path.hasPrefix("\\\\") { return true }
        return bytes.count == 3 && (0x61...0x7A).contains(first | 0x20) && bytes.dropFirst().first == Byte.colon
    }
}
