/// Text on its way to a terminal: what must not get there as it is, and how much room the rest takes.
enum TerminalText {
    /// C0, DEL and C1: characters a terminal acts upon instead of showing them.
    static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
    }

    /// Whether a character begins with a control character.
    static func isControl(_ character: Character) -> Bool { character.unicodeScalars.first.map(isControl) ?? false }

    /// Direction marks that make text read otherwise than it is stored (https://trojansource.codes).
    private static func isDirectionOverride(_ scalar: Unicode.Scalar) -> Bool {
        (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
    }

    /// The text with every control character but line feed and tab made visible: `^[` for escape. Carriage returns are left out.
    static func neutralized(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { isControl($0) && $0 != "\n" || isDirectionOverride($0) }) else {
            return text
        }
        var clean = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n", "\t": clean.append(scalar)
            case "\r": continue
            case _ where isControl(scalar): clean.append(contentsOf: caret(scalar).unicodeScalars)
            case _ where isDirectionOverride(scalar):
                clean.append(contentsOf: "<U+\(String(scalar.value, radix: 16, uppercase: true))>".unicodeScalars)
            default: clean.append(scalar)
            }
        }
        return String(clean)
    }

    /// The same on one line.
    static func line(_ text: String) -> String {
        neutralized(text).replacing("\n", with: "⏎").replacing("\t", with: "⇥")
    }

    /// JSON with every character escaped that a terminal would act upon: those that are left stand inside strings.
    static func escapedJSON(_ json: String) -> String {
        func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
            scalar.value >= 0x7F && (isControl(scalar) || isDirectionOverride(scalar))
        }
        guard json.unicodeScalars.contains(where: isUnsafe) else { return json }
        return json.unicodeScalars.map { scalar in
            guard isUnsafe(scalar) else { return String(scalar) }
            let digits = String(scalar.value, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }.joined()
    }

    /// `^C` for U+0003, `^?` for DEL, `<9B>` for C1.
    private static func caret(_ scalar: Unicode.Scalar) -> String {
        switch scalar.value {
        case 0x00...0x1F: "^" + String(Character(Unicode.Scalar(UInt8(scalar.value + 0x40))))
        case 0x7F: "^?"
        default: "<" + String(scalar.value, radix: 16, uppercase: true) + ">"
        }
    }

    /// How one character of the line editor looks: control characters made visible.
    static func visible(_ character: Character) -> String {
        if character == "\t" { return "    " }
        return isControl(character)
            ? character.unicodeScalars.map { isControl($0) ? caret($0) : String($0) }.joined()
            : String(character)
    }

    /// Columns that a text takes on one line.
    static func width(_ text: String) -> Int { text.reduce(0) { $0 + width($1) } }

    /// Columns that a character takes: 0 for a lone mark, 2 for East Asian wide ones and emoji, else 1. Decided here and not by
    /// wcwidth(3), which depends on the locale and knows nothing of clusters.
    static func width(_ character: Character) -> Int {
        guard let first = character.unicodeScalars.first else { return 0 }
        if isWide(first) || character.unicodeScalars.contains("\u{FE0F}") { return 2 }
        switch first.properties.generalCategory {
        case .nonspacingMark, .enclosingMark: return 0
        case .format: return first.value == 0xAD ? 1 : 0
        default: return 1
        }
    }

    private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
        guard scalar.value >= 0x1100 else { return false }
        return scalar.properties.isEmojiPresentation || wide.contains { $0.contains(scalar.value) }
    }

    /// The blocks of East_Asian_Width W and F that are not emoji (https://www.unicode.org/reports/tr11/).
    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3,
        0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18DFF,
        0x1AFF0...0x1B2FF, 0x1F200...0x1F265, 0x20000...0x3FFFD,
    ]
}
