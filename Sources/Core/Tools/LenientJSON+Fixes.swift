extension LenientJSON {
    /// A kind of repair, in the words of a note.
    enum Fix: String {
        case fence = "code fence"
        case wrapped = "JSON in a string"
        case escaped = "escaped quotes"
        case surroundings = "text around the JSON"
        case several = "an empty object before it"
        case braces = "missing braces"
        case trailingComma = "trailing commas"
        case missingComma = "missing commas"
        case missingColon = "missing colons"
        case missingValue = "missing values"
        case quotes = "quotation marks"
        case innerQuotes = "quotes within strings"
        case controls = "line breaks within strings"
        case escapes = "invalid escapes"
        case keys = "unquoted keys"
        case words = "unquoted strings"
        case literals = "literals of other languages"
        case numbers = "spelling of numbers"
        case comments = "comments"
        case brackets = "wrong brackets"
        case stray = "stray text"
        case cutOff = "cut off"
    }
}
