/// How much a request looks like another one, for finding the one it should have gone on from when nothing is equal enough to
/// be reused.
public struct RequestSimilarity: Sendable, Comparable {
    /// From 0 to 3: the tools' names, the system prompt and the conversation, 1 for each.
    public let value: Double

    public init(_ earlier: ChatRequest, _ later: ChatRequest) {
        guard earlier.kind == .chat, later.kind == .chat else {
            let prompts = (earlier.body["prompt"]?.string, later.body["prompt"]?.string)
            value = earlier.kind == later.kind ? Self.commonPart(prompts.0, prompts.1) : -1
            return
        }
        let (old, new) = (
            earlier.messages.prefix(Self.reach).map(\.view), later.messages.prefix(Self.reach).map(\.view)
        )
        value = Self.tools(earlier.tools, later.tools) + Self.system(old, new) + Self.conversation(old, new)
    }

    public static func < (left: RequestSimilarity, right: RequestSimilarity) -> Bool { left.value < right.value }

    /// As many messages are looked at.
    private static let reach = 64

    private static func tools(_ earlier: JSONView?, _ later: JSONView?) -> Double {
        let (old, new) = (names(earlier), names(later))
        guard !old.isEmpty || !new.isEmpty else { return 1 }
        return Double(old.intersection(new).count) / Double(old.union(new).count)
    }

    private static func names(_ tools: JSONView?) -> Set<String> {
        guard let tools else { return [] }
        return Set(tools.elements.compactMap { $0["function"]?["name"]?.string })
    }

    private static func system(_ earlier: [JSONView], _ later: [JSONView]) -> Double {
        func text(_ list: [JSONView]) -> String? {
            list.first { ["system", "developer"].contains($0["role"]?.string) }.map(HistoryComparison.text)
        }
        return commonPart(text(earlier), text(later))
    }

    private static func conversation(_ earlier: [JSONView], _ later: [JSONView]) -> Double {
        func isSystem(_ view: JSONView) -> Bool { ["system", "developer"].contains(view["role"]?.string) }
        let (old, new) = (earlier.drop(while: isSystem), later.drop(while: isSystem))
        guard let count = [old.count, new.count].min(), count > 0 else { return 0 }
        let shared = zip(old, new).prefix { MessageComparison($0, $1).isEqual }.count
        return Double(shared) / Double(count)
    }

    /// The beginning that two texts have in common, as a part of the longer one.
    private static func commonPart(_ earlier: String?, _ later: String?) -> Double {
        guard var old = earlier, var new = later else { return earlier == nil && later == nil ? 1 : 0 }
        let longest = max(old.utf8.count, new.utf8.count)
        guard longest > 0 else { return 1 }
        let shared = old.withUTF8 { old in
            new.withUTF8 { new in zip(old, new).prefix { $0 == $1 }.count }
        }
        return Double(shared) / Double(longest)
    }
}
