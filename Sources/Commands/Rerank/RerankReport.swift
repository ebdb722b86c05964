import LocalCodeCore

/// What was found, for people and for programs.
struct RerankReport: Sendable, Equatable {
    /// The best first.
    var places: [RerankPlace]

    /// Each place under a heading with its score, an empty line between two.
    /// - Parameter lines: the most lines of a place.
    func text(lines: Int, on stream: Context.Stream) -> String {
        places.map { place in
            // A pipe gets the text as it is.
            let (name, text) =
                stream.isTerminal
                ? (TerminalText.neutralized(place.name), TerminalText.neutralized(place.text))
                : (place.name, place.text)
            let color = stream.hasColor ? ("\u{1B}[35m", "\u{1B}[32m", "\u{1B}[0m") : ("", "", "")
            let head = "\(color.0)\(name)\(color.2)  \(place.shownScore)\n"
            return head + Self.numbered(text, from: place.firstLine, most: lines) { "\(color.1)\($0)\(color.2)" }
        }
        .joined(separator: lines == 0 ? "" : "\n")
    }

    /// The most characters of a line: data in one line is nothing to read.
    private static let longest = 400

    /// Lines with their numbers, and an ellipsis for those that are left out.
    private static func numbered(_ text: String, from first: Int, most: Int, _ mark: (String) -> String) -> String {
        guard most > 0 else { return "" }
        // To Swift, a carriage return and a line feed are one character.
        let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
            .map { $0.last == "\r" ? $0.dropLast() : $0 }
        let width = "\(first + min(most, lines.count) - 1)".count
        func line(_ number: String, _ text: Substring) -> String {
            let padding = String(repeating: " ", count: max(0, width - number.count))
            let shown = text.count > longest ? text.prefix(longest) + "…" : text
            return padding + mark(number) + (text.isEmpty ? "" : "  \(shown)") + "\n"
        }
        var shown = lines.prefix(most).enumerated().map { line("\(first + $0)", $1) }
        if lines.count > most { shown.append(line("…", "")) }
        return shown.joined()
    }

    /// The files, each once; documents as they are.
    var list: String {
        var seen: Set<String> = []
        return places.map { place in
            guard case .file(let path, _) = place.origin else { return place.text }
            return path
        }
        .filter { seen.insert($0).inserted }.map { $0 + "\n" }.joined()
    }

    /// An array with an object for each place.
    var json: String {
        PrettyJSON.text(
            .array(
                places.map { place in
                    var object = JSONObject()
                    switch place.origin {
                    case .file(let path, let lines):
                        object["path"] = .string(path)
                        object["first_line"] = .number(lines.lowerBound)
                        object["last_line"] = .number(lines.upperBound)
                    case .document(let number): object["document"] = .number(number)
                    }
                    object["score"] = place.score.map { .number($0) } ?? .null
                    object["words"] = .number((place.words * 1_000).rounded() / 1_000)
                    object["text"] = .string(place.text)
                    return .object(object)
                }))
    }
}

extension RerankPlace {
    /// `Sources/main.swift:12-40`, `document 3`.
    fileprivate var name: String {
        switch origin {
        case .file(let path, let lines): "\(path):\(lines.lowerBound)-\(lines.upperBound)"
        case .document(let number): "document \(number)"
        }
    }

    fileprivate var firstLine: Int {
        switch origin {
        case .file(_, let lines): lines.lowerBound
        case .document: 1
        }
    }

    /// What it was put in order by: `0.93` of a model, `12.4` of the words.
    fileprivate var shownScore: String {
        score.map { HumanText.decimals($0, 3) } ?? HumanText.decimals(words, 1)
    }
}
