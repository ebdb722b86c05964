import LocalCodeCore

/// Texts as they are written in YAML.
enum YAMLText {
    /// One value: as it is where it can be nothing else, else in double quotes.
    static func scalar(_ text: String) -> String {
        let isPlain =
            text.first.map { $0.isLetter || "/._".contains($0) } == true
            && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "/._-+".contains($0)) }
            && !["true", "false", "yes", "no", "on", "off", "null", ".", ".."].contains(text.lowercased())
        // JSON's strings are YAML's as well.
        return isPlain ? text : JSONValue.string(text).description
    }
}
