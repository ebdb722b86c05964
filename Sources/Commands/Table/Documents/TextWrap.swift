/// Breaks text into lines.
enum TextWrap {
    /// The words of `text` in lines of at most `width` columns, all but the first behind `indent`. A word that is longer than
    /// a line stands alone.
    static func fill(_ text: String, width: Int, first: String = "", indent: String = "") -> String {
        var lines: [String] = []
        var line = first
        var isEmpty = true
        for word in text.split(whereSeparator: \.isWhitespace) {
            if !isEmpty, line.count + 1 + word.count > width {
                lines.append(line)
                line = indent
                isEmpty = true
            }
            line += isEmpty ? word : " \(word)"
            isEmpty = false
        }
        lines.append(line)
        return lines.joined(separator: "\n")
    }

    /// The paragraphs of a text: what stands between empty lines.
    static func paragraphs(_ text: String) -> [String] {
        var paragraphs: [String] = []
        var current: [Substring] = []
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        for line in lines + [""] as [Substring] {
            if line.allSatisfy(\.isWhitespace) {
                if !current.isEmpty { paragraphs.append(current.joined(separator: "\n")) }
                current = []
            } else {
                current.append(line)
            }
        }
        return paragraphs
    }
}
