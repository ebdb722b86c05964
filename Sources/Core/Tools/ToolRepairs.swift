/// What may be changed in requests and answers that have to do with tools. Each can be switched off by its name.
public struct ToolRepairs: OptionSet, Sendable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Calls of earlier turns that an engine cannot read: arguments that are no JSON, ids that are missing.
    public static let history = ToolRepairs(rawValue: 1 << 0)
    /// Parts of tool definitions that an engine refuses.
    public static let schema = ToolRepairs(rawValue: 1 << 1)
    /// A `tool_choice` that is an object.
    public static let choice = ToolRepairs(rawValue: 1 << 2)
    /// Calls that a model wrote as text.
    public static let text = ToolRepairs(rawValue: 1 << 3)
    /// Calls that do not fit the tool's schema.
    public static let calls = ToolRepairs(rawValue: 1 << 4)
    /// Asking once more for a call that nothing else could repair.
    public static let retry = ToolRepairs(rawValue: 1 << 5)
    /// Putting the model's own text back where a client spells it in another way.
    public static let raw = ToolRepairs(rawValue: 1 << 6)

    /// Everything.
    public static let all: ToolRepairs = [.history, .schema, .choice, .text, .calls, .retry, .raw]

    /// The repairs by the names they have in settings, in order.
    public static let names: [(name: String, repair: ToolRepairs)] = [
        ("history", .history), ("schema", .schema), ("choice", .choice), ("text", .text), ("calls", .calls),
        ("retry", .retry), ("raw", .raw),
    ]

    /// Reads a setting: `all`, `none`, or names with commas between them. A name behind a minus is taken out; where the first
    /// one is, out of all (`-retry,-raw`).
    /// - Throws: what is wrong, with the nearest name.
    public init(parsing text: String) throws(ToolRepairsProblem) {
        let words = text.split(separator: ",").map { Self.trimmed($0) }.filter { !$0.isEmpty }
        var repairs: ToolRepairs = words.first?.hasPrefix("-") ?? false ? .all : []
        for word in words {
            let isRemoved = word.hasPrefix("-")
            let named = try Self.repairs(named: isRemoved ? String(word.dropFirst()) : word)
            if isRemoved { repairs.subtract(named) } else { repairs.formUnion(named) }
        }
        self = repairs
    }

    private static func repairs(named name: String) throws(ToolRepairsProblem) -> ToolRepairs {
        if name == "all" { return .all }
        if name == "none" { return [] }
        if let known = names.first(where: { $0.name == name }) { return known.repair }
        throw ToolRepairsProblem(name: name)
    }

    private static func trimmed(_ word: Substring) -> String {
        var word = word
        while word.first?.isWhitespace == true { word.removeFirst() }
        while word.last?.isWhitespace == true { word.removeLast() }
        return String(word)
    }
}

extension ToolRepairs: CustomStringConvertible {
    /// The names with commas between them; `all` and `none`.
    public var description: String {
        if self == .all { return "all" }
        let names = Self.names.filter { contains($0.repair) }.map(\.name)
        return names.isEmpty ? "none" : names.joined(separator: ",")
    }
}

/// A name that no repair has.
public struct ToolRepairsProblem: Error, Sendable, Equatable, CustomStringConvertible {
    /// The name as it was written.
    public let name: String

    /// What is wrong: `'histroy' is not one of all, none, history, …`.
    public var description: String { "'\(name)' is not one of \(Self.known.joined(separator: ", "))" }

    /// What to do, where a name is near.
    public var hint: String? { Spelling.nearest(to: name, among: Self.known).map { "did you mean '\($0)'?" } }

    private static var known: [String] { ["all", "none"] + ToolRepairs.names.map(\.name) }
}
