import LocalCodeCore

/// What the user says in one message: words, files, piped text, pictures.
struct ChatPrompt: Sendable, Equatable {
    var words: String
    var files: [TextFile]
    /// What came through standard input beside the words.
    var input: String
    var images: [ChatImage]

    /// - Parameters:
    ///   - words: the operands; without any, the input is the prompt itself.
    ///   - input: what came through standard input.
    init(words: [String], files: [TextFile] = [], input: String = "", images: [ChatImage] = []) {
        let typed = words.joined(separator: " ")
        let isTyped = typed.contains { !$0.isWhitespace }
        self.words = isTyped ? typed : Self.withoutLastLineBreaks(input)
        self.files = files
        self.input = isTyped ? input : ""
        self.images = images
    }

    /// Whether there is nothing to send.
    var isEmpty: Bool { files.isEmpty && images.isEmpty && !words.contains { !$0.isWhitespace } }

    /// The text: the words, then each file under its path, then the input, each in a fence of its own.
    var text: String {
        var sections = words.isEmpty ? [] : [words]
        sections += files.map { Self.section("File: \($0.path)", $0.text) }
        if !input.isEmpty { sections.append(Self.section("Standard input:", input)) }
        return sections.joined(separator: "\n\n")
    }

    /// The user message: a string, or parts where there are pictures.
    var message: JSONValue {
        var message = JSONObject()
        message["role"] = "user"
        message["content"] = images.isEmpty ? .string(text) : .array(parts)
        return .object(message)
    }

    private var parts: [JSONValue] {
        var parts: [JSONValue] = []
        if !text.isEmpty { parts.append(["type": "text", "text": .string(text)]) }
        parts += images.map { ["type": "image_url", "image_url": ["url": .string($0.url)]] }
        return parts
    }

    /// A text that cannot be taken for anything around it: the fence is longer than any run of backticks inside.
    private static func section(_ title: String, _ text: String) -> String {
        var longest = 2
        var run = 0
        for byte in text.utf8 {
            run = byte == UInt8(ascii: "`") ? run + 1 : 0
            longest = max(longest, run)
        }
        let fence = String(repeating: "`", count: longest + 1)
        return "\(title)\n\(fence)\n\(text)\(text.utf8.last == 0x0A || text.isEmpty ? "" : "\n")\(fence)"
    }

    private static func withoutLastLineBreaks(_ text: String) -> String {
        guard let last = text.lastIndex(where: { !$0.isNewline }) else { return "" }
        return String(text[...last])
    }
}
