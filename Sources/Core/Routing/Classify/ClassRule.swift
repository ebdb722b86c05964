/// A row of the tables that requests are recognised by: what must stand where, and what that means.
struct ClassRule<Value: Sendable>: Sendable {
    /// Where to look.
    enum Place: Sendable {
        /// A header field; case does not count in its value.
        case header(String)
        /// How the system prompt begins.
        case system
        /// Any of the system prompt; without escapes, since it is looked for in the bytes.
        case systemText
        /// How one of the texts of the user's last message begins, or how the last one ends.
        case user
        /// The same, where that message is the last of all.
        case request
        /// The same, where it brings a diff.
        case diff
        /// How the prompt of a text completion begins.
        case prompt
        /// Fields of the body: the texts are their names, and all have to be there.
        case fields
        /// Whether a tool has given a result.
        case calls
        /// Whether a message has a picture.
        case images
        /// Whether the answer has to have a form.
        case form
        /// Nothing has to stand anywhere.
        case anywhere
    }

    /// How a text has to stand there.
    enum Match: Sendable {
        case begins
        /// Case does not count; the texts are in small letters.
        case contains
        case ends
        case exists
    }

    /// What tools the request has to offer.
    enum Tools: Sendable {
        case any, none, some
    }

    let value: Value
    /// What it goes by in the evidence.
    let name: String
    let place: Place
    let match: Match
    /// Any of these has to be found; for fields, all.
    let texts: [String]
    let tools: Tools
    /// Fields that have to be there besides.
    let fields: [String]
    /// Whose requests it is for; empty: everybody's.
    let clients: [RequestClient]

    init(
        _ value: Value, _ name: String, _ place: Place, _ match: Match = .exists, _ texts: [String] = [],
        tools: Tools = .any, with fields: [String] = [], clients: [RequestClient] = []
    ) {
        self.value = value
        self.name = name
        self.place = place
        self.match = match
        self.texts = texts
        self.tools = tools
        self.fields = fields
        self.clients = clients
    }

    /// The text that matches; nil: none does.
    /// - Parameter client: as far as it is known.
    func evidence(_ outline: RequestOutline, _ headers: HTTPHeaders, client: RequestClient = .unknown) -> String? {
        guard clients.isEmpty || clients.contains(client) else { return nil }
        guard tools == .any || outline.hasTools == (tools == .some) else { return nil }
        guard fields.allSatisfy({ outline.fields[$0] != nil }) else { return nil }
        switch place {
        case .header(let field):
            guard let value = headers[field] else { return nil }
            return holds(value, foldsCase: true) ? value : nil
        case .system: return outline.systemHeads.first(where: holds)
        case .systemText: return texts.first(where: outline.systemContains)
        case .user: return user(outline)
        case .request: return outline.userIsLast ? user(outline) : nil
        case .diff: return outline.userIsLast && outline.hasDiff ? user(outline) : nil
        case .prompt: return outline.fields["prompt"].map(RequestOutline.head).flatMap { holds($0) ? $0 : nil }
        case .fields: return texts.allSatisfy { outline.fields[$0] != nil } ? texts.joined(separator: ", ") : nil
        case .calls: return outline.hasCalls ? "a result of a tool" : nil
        case .images: return outline.hasImages ? "a picture" : nil
        case .form: return outline.isStructured ? "the answer's form" : nil
        case .anywhere: return tools == .some ? "offered" : ""
        }
    }

    private func user(_ outline: RequestOutline) -> String? {
        switch match {
        case .begins, .exists: outline.userHeads.first(where: holds)
        case .ends: holds(outline.userEnd) ? outline.userEnd : nil
        case .contains: (outline.userHeads + [outline.userEnd]).first(where: holds)
        }
    }

    private func holds(_ text: String) -> Bool { holds(text, foldsCase: false) }

    private func holds(_ text: String, foldsCase: Bool) -> Bool {
        switch match {
        case .exists: return !text.isEmpty
        case .begins where foldsCase: return texts.contains { text.utf8.starts(with: $0.utf8, by: Self.isSameLetter) }
        case .begins: return texts.contains { text.utf8.starts(with: $0.utf8) }
        case .ends: return texts.contains { text.utf8.reversed().starts(with: $0.utf8.reversed()) }
        case .contains:
            let bytes = text.utf8.map { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 }
            return texts.contains { ByteSearch.first($0, in: bytes, 0..<bytes.count) != nil }
        }
    }

    private static func isSameLetter(_ byte: UInt8, _ small: UInt8) -> Bool {
        byte == small || byte &- 0x41 < 26 && byte | 0x20 == small
    }
}
