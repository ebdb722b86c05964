/// Lines of system prompts that do not stay as they are.
enum VolatileLine: String, Sendable, CaseIterable {
    case date, time
    case sessionID = "session-id"
    case gitStatus = "git-status"

    /// How such a line begins, in small letters.
    private var beginnings: [String] {
        switch self {
        case .date: ["today's date:", "today's date is ", "current date:", "the current date is "]
        case .time:
            [
                "current time:", "the current time is ", "current date and time:", "the current date and time is ",
                "current datetime:",
            ]
        case .sessionID: ["current conversation session id:", "session id:"]
        case .gitStatus: ["gitstatus:"]
        }
    }

    /// Whether lines follow that belong to it.
    var isSection: Bool { self == .gitStatus }

    private static let all = allCases.flatMap { line in line.beginnings.map { (line, Array($0.utf8)) } }
    /// Letters that one of them begins with.
    private static let letters = Set(all.compactMap(\.1.first))

    /// What a line is; nil for one that stays as it is.
    /// - Parameter text: as it is written in JSON, without white space and list marks at its beginning.
    init?(_ text: ArraySlice<UInt8>) {
        guard let first = text.first, Self.letters.contains(first | 0x20) else { return nil }
        let found = Self.all.first { _, beginning in
            text.count >= beginning.count
                && zip(text, beginning).allSatisfy {
                    UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0 ? $0 | 0x20 == $1 : $0 == $1
                }
        }
        guard let found else { return nil }
        self = found.0
    }
}

/// The volatile lines of a system prompt, and the prompt without them.
struct VolatileCut {
    /// What was cut out, as it is written in JSON.
    private(set) var found: [VolatileLine: [UInt8]] = [:]
    private(set) var edits = BodyEdits()

    init(_ chat: ChatRequest) {
        for message in chat.systemMessages { for text in message.texts { take(text) } }
    }

    /// Cuts the lines out of a text.
    private mutating func take(_ text: JSONView) {
        let document = text.document
        var kept: [UInt8] = []
        var copied = text.range.lowerBound
        var section: VolatileLine?
        for line in JSONLines(text) {
            let inside = document[line.text].drop { $0 == Byte.space }
            if section != nil, !Self.endsSection(document[line.text]) {
                append(document[line.text], to: section)
            } else if let volatile = VolatileLine(Self.unmarked(inside)) {
                section = volatile.isSection ? volatile : nil
                append(inside, to: volatile)
            } else {
                section = nil
                continue
            }
            kept += document[copied..<line.text.lowerBound]
            copied = line.end
        }
        guard copied > text.range.lowerBound else { return }
        edits.replace(text, with: kept + document[copied..<text.range.upperBound])
    }

    private mutating func append(_ text: ArraySlice<UInt8>, to line: VolatileLine?) {
        guard let line else { return }
        if found[line] != nil { found[line]?.append(contentsOf: Self.lineBreak) }
        found[line, default: []].append(contentsOf: text)
    }

    private static let lineBreak = Array(#"\n"#.utf8)

    /// Git's output is the last thing in a prompt, or something with a heading or a tag follows.
    private static func endsSection(_ line: ArraySlice<UInt8>) -> Bool {
        line.starts(with: [UInt8(ascii: "#"), Byte.space]) || line.first == UInt8(ascii: "<")
    }

    private static func unmarked(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        line.drop { $0 == Byte.space || $0 == UInt8(ascii: "#") || $0 == UInt8(ascii: "*") || $0 == Byte.minus }
    }
}
