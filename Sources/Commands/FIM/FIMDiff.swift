/// An insertion as a unified diff, as `git apply` and `patch -p1` take it.
struct FIMDiff: Sendable, Equatable {
    /// Empty for an insertion of nothing.
    let text: String

    /// Lines that are shown on each side.
    private static let margin = 3

    /// - Parameter directory: where the user is, and where the diff will be applied.
    init(_ gap: FIMGap, insertion: String, in directory: String) {
        guard !insertion.isEmpty else {
            text = ""
            return
        }
        let old = Self.lines(gap.prefix + gap.suffix)
        let new = Self.lines(gap.prefix + insertion + gap.suffix)
        let common = zip(old, new).prefix { $0 == $1 }.count
        let behind = zip(old.reversed(), new.reversed()).prefix(min(old.count, new.count) - common)
            .prefix { $0 == $1 }.count
        let first = max(0, common - Self.margin)
        let after = min(behind, Self.margin)
        let (oldEnd, newEnd) = (old.count - behind, new.count - behind)
        let path = Self.path(gap.path ?? "text", from: directory)
        // Both programs take a name with blanks only with a tab behind it.
        let end = path.contains(where: \.isWhitespace) ? "\t" : ""
        text =
            "--- a/\(path)\(end)\n+++ b/\(path)\(end)\n"
            + "@@ -\(Self.range(first, oldEnd + after)) +\(Self.range(first, newEnd + after)) @@\n"
            + old[first..<common].map { Self.shown(" ", $0) }.joined()
            + old[common..<oldEnd].map { Self.shown("-", $0) }.joined()
            + new[common..<newEnd].map { Self.shown("+", $0) }.joined()
            + old[oldEnd..<oldEnd + after].map { Self.shown(" ", $0) }.joined()
    }

    /// With their ends: a line that has none is not the same as one that has.
    private static func lines(_ text: String) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let end = rest.firstIndex(of: 0x0A).map { $0 + 1 } ?? rest.endIndex
            lines.append(Array(rest[..<end]))
            rest = rest[end...]
        }
        return lines
    }

    /// `12,7`; lines count from 1, and nothing is said to stand behind a line.
    private static func range(_ start: Int, _ end: Int) -> String {
        switch end - start {
        case 0: "\(start),0"
        case 1: "\(start + 1)"
        case let count: "\(start + 1),\(count)"
        }
    }

    private static func shown(_ mark: String, _ line: [UInt8]) -> String {
        mark + String(decoding: line, as: UTF8.self) + (line.last == 0x0A ? "" : "\n\\ No newline at end of file\n")
    }

    /// Seen from the user's directory where the file is in it; else without the first slash, for `patch -d /`.
    private static func path(_ path: String, from directory: String) -> String {
        var path = path[...]
        if path.hasPrefix(directory + "/") { path = path.dropFirst(directory.count + 1) }
        while path.hasPrefix("./") { path = path.dropFirst(2) }
        return String(path.drop { $0 == "/" })
    }
}
