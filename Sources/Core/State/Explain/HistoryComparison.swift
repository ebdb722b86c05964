/// Holds two lists of messages against each other, up to the first one that differs.
struct HistoryComparison {
    let earlier: [JSONView]
    let later: [JSONView]
    /// The number of messages at the start that both have.
    let shared: Int

    /// How far a message is looked for that was moved by others.
    private static let reach = 8

    init(earlier: [JSONView], later: [JSONView]) {
        self.earlier = earlier
        self.later = later
        shared =
            zip(earlier, later).enumerated().first { !MessageComparison($1.0, $1.1).isEqual }?.offset
            ?? min(earlier.count, later.count)
    }

    /// Nil where one list is the beginning of the other.
    var difference: RequestDifference? {
        let index = shared
        guard index < earlier.count, index < later.count else { return nil }
        let (old, new) = (earlier[index], later[index])
        let comparison = MessageComparison(old, new)
        guard let inside = comparison.difference else { return nil }
        let place = RequestDifference.Place.message(index: index, role: Self.role(new))
        if isSystem(index) {
            guard Self.role(old) == Self.role(new) else { return systemAppeared(old, new, place) }
            return RequestDifference(.systemChanged, place, inside)
        }
        if Self.role(old) == Self.role(new), let dropped = comparison.droppedReasoning {
            return RequestDifference(.reasoningDropped, place, dropped)
        }
        if finds(new, in: earlier[(index + 1)...]) {
            let place = RequestDifference.Place.message(index: index, role: Self.role(old))
            return RequestDifference(.messageRemoved, place, text: TextDifference(earlier: Self.text(old), later: nil))
        }
        if finds(old, in: later[(index + 1)...]) {
            return RequestDifference(.messageAdded, place, text: TextDifference(earlier: nil, later: Self.text(new)))
        }
        guard Self.role(old) == Self.role(new) else {
            // Two messages of different roles have nothing in common that could be compared.
            return RequestDifference(
                .messageChanged, place, path: "role",
                text: TextDifference(
                    earlier: "\(Self.role(old)): \(Self.text(old))", later: "\(Self.role(new)): \(Self.text(new))"))
        }
        return RequestDifference(.messageChanged, place, inside)
    }

    /// Only one of the two has a system message here.
    private func systemAppeared(_ old: JSONView, _ new: JSONView, _ place: RequestDifference.Place) -> RequestDifference
    {
        let (isOld, isNew) = (Self.systemRoles.contains(Self.role(old)), Self.systemRoles.contains(Self.role(new)))
        return RequestDifference(
            .systemChanged, isNew ? place : .message(index: shared, role: Self.role(old)),
            text: TextDifference(earlier: isOld ? Self.text(old) : nil, later: isNew ? Self.text(new) : nil))
    }

    private static let systemRoles = ["system", "developer"]

    /// Whether the messages up to here are the system's and the developer's in both.
    private func isSystem(_ index: Int) -> Bool {
        earlier[...index].allSatisfy { Self.systemRoles.contains(Self.role($0)) }
            || later[...index].allSatisfy { Self.systemRoles.contains(Self.role($0)) }
    }

    private func finds(_ message: JSONView, in list: ArraySlice<JSONView>) -> Bool {
        list.prefix(Self.reach).contains { MessageComparison($0, message).isEqual }
    }

    private static func role(_ message: JSONView) -> String { message["role"]?.string ?? "" }

    /// The text of a message; of parts, the first that has one.
    static func text(_ message: JSONView) -> String {
        guard let content = message["content"], !content.isNull else {
            return message["tool_calls"].map { String(decoding: $0.text, as: UTF8.self) } ?? ""
        }
        if let text = content.string { return text }
        return content.elements.lazy.compactMap { $0["text"]?.string }.first
            ?? String(decoding: content.text, as: UTF8.self)
    }
}
