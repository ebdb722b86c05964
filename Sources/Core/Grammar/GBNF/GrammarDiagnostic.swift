/// What is wrong with a grammar, and where.
public struct GrammarDiagnostic: Sendable, Equatable {
    /// What comes of it.
    public enum Severity: String, Sendable {
        /// llama-server refuses the grammar.
        case error
        /// llama-server takes the grammar and then hangs, crashes or ends an answer with an error.
        case unsafe
        /// The grammar works, but hardly as it is meant.
        case warning
    }

    public let severity: Severity
    /// One sentence without the place.
    public let message: String
    /// What to write instead, if that can be said.
    public let hint: String?
    /// The number of bytes before the place.
    public let offset: Int
    /// Counted from 1.
    public let line: Int
    /// In characters (Unicode scalars), counted from 1.
    public let column: Int
    /// The line of the place, and below it a line with a caret; long lines are cut.
    public let excerpt: String

    /// `3:14: error: expected '::=' after 'root'`, to put behind a file's name and a colon.
    public var summary: String { "\(line):\(column): \(severity.rawValue): \(message)" }
}

/// A finding before its place is counted out.
struct GrammarFinding: Error {
    var severity: GrammarDiagnostic.Severity = .error
    var offset: Int
    var message: String
    var hint: String?

    init(
        _ message: String, at offset: Int, hint: String? = nil, severity: GrammarDiagnostic.Severity = .error
    ) {
        self.message = message
        self.offset = offset
        self.hint = hint
        self.severity = severity
    }
}

/// Findings, not more than a person reads.
struct GrammarFindings {
    private(set) var all: [GrammarFinding] = []
    /// Whether something was found that keeps the grammar from the engine.
    private(set) var isRefused = false
    private var warnings = 0
    /// How many of each kind are kept.
    static let limit = 50

    var takesWarnings: Bool { warnings < Self.limit }

    /// Whether there are as many errors as are kept.
    var isFull: Bool { all.count - warnings >= Self.limit }

    mutating func add(_ finding: GrammarFinding) {
        if finding.severity == .warning {
            guard takesWarnings else { return }
            warnings += 1
        } else {
            isRefused = true
            guard !isFull else { return }
        }
        all.append(finding)
    }

    mutating func warn(_ message: String, at offset: Int, hint: String? = nil) {
        add(GrammarFinding(message, at: offset, hint: hint, severity: .warning))
    }

    mutating func unsafe(_ message: String, at offset: Int, hint: String? = nil) {
        add(GrammarFinding(message, at: offset, hint: hint, severity: .unsafe))
    }

    /// The findings in the order of the text.
    func located(in text: [UInt8]) -> [GrammarDiagnostic] {
        var place = TextPlace()
        return all.enumerated().sorted { ($0.element.offset, $0.offset) < ($1.element.offset, $1.offset) }.map {
            place.advance(to: $0.element.offset, in: text)
            return GrammarDiagnostic(
                severity: $0.element.severity, message: $0.element.message, hint: $0.element.hint,
                offset: $0.element.offset, line: place.line, column: place.column, excerpt: place.excerpt(of: text))
        }
    }
}

/// A place in a text that moves forward.
struct TextPlace {
    private(set) var line = 1
    private(set) var column = 1
    private var offset = 0
    private var lineStart = 0

    /// How many characters of a line are shown.
    private static let width = 100

    mutating func advance(to target: Int, in text: [UInt8]) {
        let end = min(target, text.count)
        while offset < end {
            if text[offset] == Byte.lineFeed {
                line += 1
                column = 1
                lineStart = offset + 1
            } else if text[offset] & 0xC0 != 0x80 {
                column += 1
            }
            offset += 1
        }
    }

    /// The line with a caret below the place.
    func excerpt(of text: [UInt8]) -> String {
        // A window around the place: half the width before it.
        var start = offset
        var before = 0
        while start > lineStart, before < Self.width / 2 {
            start -= 1
            if text[start] & 0xC0 != 0x80 { before += 1 }
        }
        while start > lineStart, text[start] & 0xC0 == 0x80 { start -= 1 }
        var end = offset
        while end < text.count, end - start < 4 * Self.width, text[end] != Byte.lineFeed,
            text[end] != Byte.carriageReturn
        {
            end += 1
        }
        let shown = String(decoding: text[start..<end], as: UTF8.self)
        let lead = String(decoding: text[start..<offset], as: UTF8.self)
        let cut = shown.unicodeScalars.prefix(Self.width)
        let line = (start > lineStart ? "…" : "") + Self.printable(String(String.UnicodeScalarView(cut)))
        let space = (start > lineStart ? " " : "") + String(repeating: " ", count: lead.unicodeScalars.count)
        return "\(line)\n\(space)^"
    }

    /// Control characters would move the caret away from its place, or do worse to a terminal.
    static func printable(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            result.append(scalar.value < 0x20 || 0x7F...0x9F ~= scalar.value ? " " : scalar)
        }
        return String(result)
    }
}
