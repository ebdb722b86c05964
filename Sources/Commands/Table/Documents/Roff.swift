/// Builds a page in the man(7) macros.
struct Roff {
    /// The page so far.
    private(set) var text: String

    /// - Parameters:
    ///   - title: in upper case, without the section.
    ///   - date: as ISO 8601 writes it.
    init(title: String, date: String, source: String, manual: String) {
        text = """
            .\\" Written by 'localcode help --generate man'; edit the command table instead.
            .TH \(Self.quoted(title)) 1 \(Self.quoted(date)) \(Self.quoted(source)) \(Self.quoted(manual))
            .\\" Names stay whole, and lines are not stretched.
            .nh
            .ad l

            """
    }

    mutating func section(_ title: String) { line(".SH \(Self.quoted(title))") }

    mutating func subsection(_ title: String) { line(".SS \(Self.quoted(title))") }

    /// Paragraphs of plain text, the first directly below a heading or a tag.
    mutating func paragraphs(_ plain: String, separator: String = ".PP") {
        for (index, paragraph) in TextWrap.paragraphs(plain).enumerated() {
            if index > 0 { line(separator) }
            line(Self.escaped(TextWrap.fill(paragraph, width: 78)))
        }
    }

    /// A new paragraph of ready markup.
    mutating func paragraph(markup: String) {
        line(".PP")
        line(markup)
    }

    /// Ready markup.
    mutating func markup(_ markup: String) { line(markup) }

    /// A tag of ready markup and paragraphs of plain text behind an indent.
    mutating func item(_ tag: String, _ plain: String) {
        line(".TP")
        line(tag)
        paragraphs(plain, separator: ".IP")
    }

    /// Lines as they are, in the fixed font of a terminal.
    mutating func example(_ lines: String) {
        line(".PP")
        line(".EX")
        line(".RS 4")
        line(Self.escaped(lines))
        line(".RE")
        line(".EE")
    }

    private mutating func line(_ markup: String) { text += markup + "\n" }

    static func bold(_ plain: String) -> String { "\\fB\(escaped(plain))\\fR" }

    static func italic(_ plain: String) -> String { "\\fI\(escaped(plain))\\fR" }

    /// Plain text, so that nothing in it is a command and every ASCII character is printed as itself.
    static func escaped(_ plain: String) -> String {
        var result = ""
        var isAtStart = true
        for scalar in plain.unicodeScalars {
            if isAtStart, scalar == "." || scalar == "'" { result += "\\&" }
            switch scalar {
            case "\\": result += "\\e"
            case "-": result += "\\-"
            case "'": result += "\\(aq"
            case "`": result += "\\(ga"
            case "^": result += "\\(ha"
            case "~": result += "\\(ti"
            case "\"": result += "\\(dq"
            case _ where scalar.isASCII: result.unicodeScalars.append(scalar)
            default:
                let number = String(scalar.value, radix: 16, uppercase: true)
                result += "\\[u\(String(repeating: "0", count: max(0, 4 - number.count)))\(number)]"
            }
            isAtStart = scalar == "\n"
        }
        return result
    }

    /// One argument of a macro.
    private static func quoted(_ plain: String) -> String { "\"\(escaped(plain))\"" }
}
