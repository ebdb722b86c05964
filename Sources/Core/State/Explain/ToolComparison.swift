/// Holds two lists of tools against each other, by their names.
enum ToolComparison {
    private struct Tool {
        let index: Int
        let name: String
        let view: JSONView
    }

    static func differences(_ earlier: JSONView?, _ later: JSONView?) -> [RequestDifference] {
        let (olds, news) = (tools(earlier), tools(later))
        let (oldByName, newByName) = (byName(olds), byName(news))
        var found: [RequestDifference] = []
        for new in news {
            guard let old = oldByName[new.name] else {
                found.append(difference(.toolAdded, new, TextDifference(earlier: nil, later: text(new))))
                continue
            }
            if let inside = ValueDifference.first(old.view, new.view) {
                found.append(RequestDifference(.toolChanged, .tool(index: new.index, name: new.name), inside))
            }
        }
        for old in olds where newByName[old.name] == nil {
            found.append(difference(.toolRemoved, old, TextDifference(earlier: text(old), later: nil)))
        }
        // Only where nothing came or went: else the places have moved anyway.
        if oldByName.count == newByName.count, olds.count == news.count, found.allSatisfy({ $0.kind == .toolChanged }),
            let (old, new) = zip(olds, news).first(where: { $0.name != $1.name })
        {
            let text = TextDifference(earlier: old.name, later: new.name)
            found.insert(difference(.toolsReordered, new, text), at: 0)
        }
        return found
    }

    private static func difference(_ kind: RequestDifference.Kind, _ tool: Tool, _ text: TextDifference?)
        -> RequestDifference
    {
        RequestDifference(kind, .tool(index: tool.index, name: tool.name), text: text)
    }

    private static func text(_ tool: Tool) -> String { String(decoding: tool.view.text, as: UTF8.self) }

    private static func tools(_ list: JSONView?) -> [Tool] {
        guard let list else { return [] }
        var seen: [String: Int] = [:]
        return list.elements.enumerated().map { index, view in
            let name = view["function"]?["name"]?.string ?? view["name"]?.string ?? view["type"]?.string ?? "?"
            // A name that is there twice still stands for two tools.
            seen[name, default: 0] += 1
            let count = seen[name] ?? 1
            return Tool(index: index, name: count > 1 ? "\(name) (\(count))" : name, view: view)
        }
    }

    private static func byName(_ tools: [Tool]) -> [String: Tool] {
        Dictionary(tools.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }
}
