/// What of a request's body tells who sent it and for what, found in one walk over it.
struct RequestOutline {
    /// The fields of the top level that any rule looks at, but for those that are null.
    private(set) var fields: [String: JSONView] = [:]
    /// The system prompt's texts, whole: one for each block.
    private(set) var system: [JSONView] = []
    /// How it begins; more than one where lines stand before the prompt that are the same for every task of the client.
    private(set) var systemHeads: [String] = []
    /// The content of the first message of the user.
    private(set) var firstUser: JSONView?
    /// The texts of the user's last message, the last ones of many. What brings results of tools is not the user's.
    private(set) var userTexts: [JSONView] = []
    /// How each of them begins.
    private(set) var userHeads: [String] = []
    /// How the last of these texts ends.
    private(set) var userEnd = ""
    /// Whether nothing comes behind the user's last message.
    private(set) var userIsLast = false
    /// Whether a message brings a picture.
    private(set) var hasImages = false
    /// Whether a tool was called and has given its result.
    private(set) var hasCalls = false
    private var lastUser: JSONView?

    /// Bytes of a text that count as its beginning, and as its end.
    static let headLength = 512
    /// Blocks of a system prompt, or texts of a message, that are looked at.
    private static let textLimit = 16
    private static let names: Set<String> = [
        "model", "messages", "system", "tools", "prompt", "suffix", "input", "query", "documents", "texts",
        "input_prefix", "input_suffix", "input_extra", "response_format", "json_schema", "grammar", "metadata",
        "prompt_cache_key", "promptCacheKey", "localcode", "localcode_kind", "x_localcode", "t_max_predict_ms",
        "id_slot", "samplers",
    ]

    init(_ body: JSONView) {
        for (key, value) in body.members where key.range.count <= Self.keyLimit {
            guard let name = key.string, Self.names.contains(name) else { continue }
            // Editors send a suffix that has nothing in it.
            let isEmpty = value.isNull || name == "suffix" && value.range.count <= 2
            fields[name] = isEmpty ? nil : value
        }
        // Anthropic's messages have their system prompt beside them.
        if let beside = fields["system"] { addSystem(beside) }
        if let messages = fields["messages"] { walk(messages) }
        systemHeads = heads()
        guard let lastUser else { return }
        var texts: [JSONView] = []
        Self.eachText(lastUser) { text in
            texts.append(text)
            if texts.count == 2 * Self.textLimit { texts.removeFirst(Self.textLimit) }
            return true
        }
        userTexts = Array(texts.suffix(Self.textLimit))
        userHeads = userTexts.map(Self.head)
        userEnd = userTexts.last?.string(suffix: Self.headLength) ?? ""
    }

    /// Longer keys are none of ours, however they are escaped.
    private static let keyLimit = 128

    /// Whether the answer has to have a form.
    var isStructured: Bool {
        if let format = fields["response_format"], format["type"]?.equals("text") != true { return true }
        return fields["json_schema"]?.kind == .object || fields["grammar"].map { $0.range.count > 2 } ?? false
    }

    /// Whether the user's last message brings a diff.
    var hasDiff: Bool {
        userTexts.contains { text in
            let range = text.range.prefix(Self.searchLength)
            return ["diff --git ", "\\n@@ -"].contains { ByteSearch.first($0, in: text.document, range) != nil }
        }
    }

    /// Whether a text without escapes stands in the system prompt.
    func systemContains(_ text: String) -> Bool {
        system.contains { block in
            ByteSearch.first(text, in: block.document, block.range.prefix(Self.searchLength)) != nil
        }
    }

    /// Bytes of a text that are searched.
    static let searchLength = 1 << 18

    /// Whether there is a tool.
    var hasTools: Bool { fields["tools"]?.elements.contains { _ in true } ?? false }

    private mutating func walk(_ messages: JSONView) {
        var isBeginning = true
        for message in messages.elements {
            var role: JSONView?
            var content: JSONView?
            for (key, value) in message.members {
                if key.equals("role") { role = value } else if key.equals("content") { content = value }
            }
            userIsLast = false
            guard let role, let content else { continue }
            if isBeginning, role.equals("system") || role.equals("developer") {
                addSystem(content)
                continue
            }
            isBeginning = false
            look(atPartsOf: content)
            guard role.equals("user"), !Self.isFromTools(content) else {
                hasCalls = hasCalls || role.equals("tool") || role.equals("user")
                continue
            }
            if firstUser == nil { firstUser = content }
            lastUser = content
            userIsLast = true
        }
    }

    private func heads() -> [String] {
        var heads: [String] = []
        for block in system {
            var head = Self.head(block)
            while !head.isEmpty {
                heads.append(head)
                guard Self.preambles.contains(where: head.hasPrefix) else { return heads }
                head = String(head.drop { !$0.isNewline }.drop(while: \.isWhitespace))
            }
        }
        return heads
    }

    /// Claude Code's, as blocks of their own or as lines.
    private static let preambles = ["x-anthropic-billing-header", "You are Claude Code", "You are a Claude agent"]

    private mutating func addSystem(_ content: JSONView) {
        Self.eachText(content) { text in
            guard system.count < Self.textLimit else { return false }
            system.append(text)
            return true
        }
    }

    private mutating func look(atPartsOf content: JSONView) {
        guard !hasImages, content.kind == .array else { return }
        hasImages = content.elements.contains(where: \.isImagePart)
    }

    /// Results of tools that come as a message of the user: Anthropic's, and OpenCode's with pictures.
    static func isFromTools(_ content: JSONView) -> Bool {
        guard content.kind == .array, let first = content.elements.first(where: { _ in true }) else { return false }
        return first["type"]?.equals("tool_result") ?? false
            || first["text"]?.equals("Attached media from tool result:") ?? false
    }

    /// Goes through the texts of a message's content (the content itself, or those of its parts) until it is told to
    /// stop.
    static func eachText(_ content: JSONView, _ body: (JSONView) -> Bool) {
        guard content.kind == .array else {
            if content.kind == .string { _ = body(content) }
            return
        }
        for part in content.elements where part.kind == .object {
            guard let text = part["text"], text.kind == .string else { continue }
            guard body(text) else { return }
        }
    }

    /// How a text begins, without the whitespace before it.
    static func head(_ text: JSONView) -> String {
        let head = text.string(prefix: headLength)?.text ?? ""
        guard let first = head.first, first.isWhitespace else { return head }
        return String(head.drop(while: \.isWhitespace))
    }
}

extension JSONView {
    /// The end of a string that may be long: about `length` bytes, from a space on where it is cut.
    func string(suffix length: Int) -> String {
        guard kind == .string, range.count > length + 2 else { return string ?? "" }
        // No escape has a space in it, and no character.
        let inside = text.dropLast().suffix(length)
        guard let space = inside.firstIndex(of: Byte.space) else { return "" }
        let quoted = [Byte.quote] + inside[space...] + [Byte.quote]
        return (try? JSONView(validating: quoted))?.string ?? ""
    }

    /// Whether this part of a message is a picture, in any of the clients' spellings.
    var isImagePart: Bool {
        guard kind == .object, let type = self["type"], type.kind == .string, !type.equals("text") else { return false }
        return type.equals("image_url") || type.equals("input_image") || type.equals("image")
    }
}
