/// Compares messages by what a prefix chain makes of them: in canonical JSON, without the spellings that clients differ in.
struct MessageComparison {
    /// The names under which servers and clients carry what a model thought.
    private static let reasoningFields = ["reasoning_content", "reasoning", "reasoning_text"]

    private let earlier: JSONView
    private let later: JSONView

    /// Whether a prefix chain takes both for the same.
    let isEqual: Bool

    init(_ earlier: JSONView, _ later: JSONView) {
        let (old, new) = (Self.canonical(earlier), Self.canonical(later))
        isEqual = old == new
        self.earlier = (try? JSONView(validating: old)) ?? earlier
        self.later = (try? JSONView(validating: new)) ?? later
    }

    /// Where they differ; nil where they do not.
    var difference: ValueDifference? {
        guard !isEqual else { return nil }
        let found = ValueDifference.first(earlier, later)
        guard let found, found.path == "content", let old = found.earlier, let new = found.later else { return found }
        switch (old.kind, new.kind) {
        case (.array, .string): return Self.first(Self.parts(old), [new])
        case (.string, .array): return Self.first([old], Self.parts(new))
        default: return found
        }
    }

    /// The reasoning that the later message has lost, where it has.
    var droppedReasoning: ValueDifference? {
        guard let field = Self.reasoningFields.first(where: { earlier[$0] != nil }),
            !Self.reasoningFields.contains(where: { later[$0] != nil })
        else { return nil }
        return ValueDifference(path: field, earlier: earlier[field], later: nil)
    }

    /// A content of parts and one that is text only: the text is the first part.
    private static func first(_ earlier: [JSONView?], _ later: [JSONView?]) -> ValueDifference? {
        for index in 0..<max(earlier.count, later.count) {
            let old = index < earlier.count ? earlier[index] : nil
            let new = index < later.count ? later[index] : nil
            if let found = ValueDifference.first(old, new, path: "content[\(index)]") { return found }
        }
        return nil
    }

    private static func parts(_ content: JSONView) -> [JSONView?] {
        content.elements.map { part in part["type"]?.equals("text") == true ? part["text"] ?? part : part }
    }

    private static func canonical(_ message: JSONView) -> [UInt8] {
        var bytes: [UInt8] = []
        CanonicalMessage.write(message, to: &bytes)
        return bytes
    }
}
