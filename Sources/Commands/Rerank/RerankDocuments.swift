import LocalCodeCore

/// Documents from standard input: a JSON array of strings or of objects with a text, else one a line.
struct RerankDocuments: Sendable, Equatable {
    /// The most bytes that are taken.
    static let limit = 64 << 20

    let texts: [String]

    /// - Throws: `Failure` that says what is wrong with them.
    init(_ bytes: [UInt8]) throws {
        try ChatFile.check(bytes, name: "standard input", limit: Self.limit)
        let start = bytes.first { !" \t\r\n".utf8.contains($0) }
        if start == UInt8(ascii: "["), let view = try? JSONView(validating: bytes), view.kind == .array {
            texts = try view.elements.enumerated().map { index, element in
                guard let text = element.string ?? element["text"]?.string else {
                    throw Failure(
                        "document \(index + 1) of standard input has no text",
                        hint: "an array of strings, or of objects with a \"text\"")
                }
                return text
            }
        } else {
            texts = try ChatFile.text(bytes, name: "standard input").split(whereSeparator: \.isNewline).map(String.init)
        }
        guard !texts.isEmpty else { throw Failure("there are no documents in standard input") }
    }

    /// The documents whose words fit best, and behind them the others in their order.
    func places(for question: String, limit: Int, onlyMatches: Bool) throws -> [RerankPlace] {
        var search = LexicalSearch(question)
        search.add(SearchIndex(documents: texts))
        var places = search.best(limit).compactMap { hit in
            Int(hit.path).map { RerankPlace(origin: .document($0), text: texts[$0 - 1], words: hit.score) }
        }
        guard !onlyMatches else { return places }
        let found = Set(places.map(\.origin).compactMap { if case .document(let number) = $0 { number } else { nil } })
        for (index, text) in texts.enumerated() where places.count < limit && !found.contains(index + 1) {
            places.append(RerankPlace(origin: .document(index + 1), text: text, words: 0))
        }
        return places
    }
}
