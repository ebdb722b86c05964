/// Changes keys of one model's entry in the text of a localcode.yaml. Every byte that is not part of such a key stays: the
/// file is somebody's own, with its comments and its order.
struct ModelEntryEdit {
    /// Why a file is not changed.
    struct Refusal: Error, Equatable {
        var message: String
    }

    private var lines: [Line]
    /// How the file ends its lines.
    private let lineEnd: String

    private struct Line {
        /// Without its end.
        var text: Substring
        var end: Substring

        /// Spaces in front; nil for an empty line and for a comment, which belong to no structure.
        var indentation: Int? {
            let rest = text.drop { $0 == " " }
            return rest.isEmpty || rest.first == "#" ? nil : text.count - rest.count
        }
    }

    init(_ text: String) {
        lines = []
        var rest = text[...]
        while !rest.isEmpty {
            let length = rest.prefix { !$0.isNewline }
            let end = rest[length.endIndex...].prefix(1)
            lines.append(Line(text: length, end: end))
            rest = rest[end.endIndex...]
        }
        lineEnd = lines.first.map { $0.end == "\r\n" ? "\r\n" : "\n" } ?? "\n"
    }

    /// The text of the file.
    var text: String { lines.map { $0.text + $0.end }.joined() }

    /// Sets keys of `models: NAME:` to values that are written as YAML, and takes those out that have none.
    mutating func apply(_ changes: [(key: String, value: String?)], to model: String) throws(Refusal) {
        for (key, value) in changes {
            // Every change moves the lines below it.
            let entry = try entry(of: model)
            if let place = keys(in: entry.body, entry.indentation).first(where: { $0.key == key }) {
                if let value {
                    replace(place.lines, with: value, key: key)
                } else {
                    lines.removeSubrange(place.lines)
                }
            } else if let value {
                insert("\(key): \(value)", in: entry)
            }
        }
    }

    private struct Entry {
        /// The lines of its keys.
        var body: Range<Int>
        var indentation: Int
    }

    private func entry(of model: String) throws(Refusal) -> Entry {
        guard let models = lines.indices.first(where: { lines[$0].indentation == 0 && key(of: $0) == "models" }) else {
            throw Refusal(message: "there is no key 'models'")
        }
        guard value(of: models).isEmpty else { throw Refusal(message: "the models are written in one line") }
        let all = block(below: models, 0)
        guard let indentation = all.lazy.compactMap({ lines[$0].indentation }).first,
            let name = all.first(where: { lines[$0].indentation == indentation && key(of: $0) == model })
        else { throw Refusal(message: "there is no model '\(model)'") }
        guard value(of: name).isEmpty else { throw Refusal(message: "'\(model)' is written in one line") }
        let body = block(below: name, indentation)
        guard let inner = body.lazy.compactMap({ lines[$0].indentation }).first else {
            throw Refusal(message: "'\(model)' has no keys")
        }
        return Entry(body: body, indentation: inner)
    }

    /// The lines below one that are indented deeper, up to the last one with content.
    private func block(below start: Int, _ indentation: Int) -> Range<Int> {
        var end = start + 1
        for index in lines.indices.dropFirst(start + 1) {
            guard let own = lines[index].indentation else { continue }
            guard own > indentation else { break }
            end = index + 1
        }
        return start + 1..<end
    }

    /// The keys of an entry, each with the lines of its value: a list may stand as deep as its key.
    private func keys(in body: Range<Int>, _ indentation: Int) -> [(key: String, lines: Range<Int>)] {
        var keys: [(key: String, lines: Range<Int>)] = []
        for index in body {
            guard let own = lines[index].indentation else { continue }
            let isItem = lines[index].text.drop { $0 == " " }.hasPrefix("- ")
            if own == indentation, !isItem, let key = key(of: index) {
                keys.append((key, index..<index + 1))
            } else if !keys.isEmpty {
                keys[keys.count - 1].lines = keys[keys.count - 1].lines.lowerBound..<index + 1
            }
        }
        return keys
    }

    /// What stands in front of the line's colon, without quotes.
    private func key(of index: Int) -> String? {
        let text = lines[index].text.drop { $0 == " " }
        if let quote = text.first, quote == "\"" || quote == "'" {
            let name = text.dropFirst().prefix { $0 != quote }
            return text.dropFirst(name.count + 2).drop { $0 == " " }.first == ":" ? String(name) : nil
        }
        guard let colon = text.firstIndex(of: ":") else { return nil }
        let behind = text[text.index(after: colon)...].first
        guard behind == nil || behind == " " else { return nil }
        return String(text[..<colon]).trimmingWhiteSpace
    }

    /// What stands behind its colon, without a comment.
    private func value(of index: Int) -> String {
        let text = lines[index].text
        let behind = text[comment(of: index)...].isEmpty ? text : text[..<comment(of: index)]
        guard let colon = behind.firstIndex(of: ":") else { return "" }
        return String(behind[behind.index(after: colon)...]).trimmingWhiteSpace
    }

    /// Where the line's comment begins, with the spaces in front of it; its end where it has none.
    private func comment(of index: Int) -> Substring.Index {
        let text = lines[index].text
        var quote: Character?
        var spaces: Substring.Index?
        for place in text.indices {
            let character = text[place]
            if let open = quote {
                if character == open { quote = nil }
            } else if character == "#", let spaces {
                return spaces
            } else if character == "\"" || character == "'" {
                quote = character
            }
            spaces = character == " " ? spaces ?? place : nil
        }
        return text.endIndex
    }

    /// A value that took several lines takes one then; a comment behind it stays.
    private mutating func replace(_ range: Range<Int>, with value: String, key: String) {
        let line = lines[range.lowerBound]
        let space = line.text.prefix { $0 == " " }
        let comment = line.text[comment(of: range.lowerBound)...]
        let end = lines[range.upperBound - 1].end
        lines.replaceSubrange(range, with: [Line(text: "\(space)\(key): \(value)\(comment)", end: end)])
    }

    /// Behind the last key of its kind, or else at the entry's end.
    private mutating func insert(_ text: String, in entry: Entry) {
        let kin = keys(in: entry.body, entry.indentation).last { SpeculationKeys.names.contains($0.key) }
        let place = kin?.lines.upperBound ?? entry.body.upperBound
        if lines[place - 1].end.isEmpty { lines[place - 1].end = lineEnd[...] }
        let space = String(repeating: " ", count: entry.indentation)
        lines.insert(Line(text: "\(space)\(text)", end: lineEnd[...]), at: place)
    }
}
