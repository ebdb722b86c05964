/// Changes of parts of one document, made at once: what lies between them keeps its bytes.
struct BodyEdits {
    private var edits: [(range: Range<Int>, text: [UInt8])] = []

    var isEmpty: Bool { edits.isEmpty }

    /// Puts text, which is JSON, in the place of a value. No two values that are replaced may overlap.
    mutating func replace(_ value: JSONView, with text: [UInt8]) { edits.append((value.range, text)) }

    /// The part of the document with its changes.
    func applied(to document: [UInt8], in part: Range<Int>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(edits.reduce(part.count) { $0 - $1.range.count + $1.text.count })
        var copied = part.lowerBound
        for edit in edits.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
            result += document[copied..<edit.range.lowerBound]
            result += edit.text
            copied = edit.range.upperBound
        }
        return result + document[copied..<part.upperBound]
    }
}
