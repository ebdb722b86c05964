/// A request held against an earlier one, in the order in which a prefix chain runs: parameters, tools, system messages, then
/// one message after another. What is reused of the earlier one ends at the first difference.
public struct RequestComparison: Sendable, Equatable {
    /// The first difference first. Of parameters and tools all are listed, up to `limit`; of messages only the first one,
    /// since everything behind it is read anew. None: the later request says all that the earlier one did, or its beginning.
    public let differences: [RequestDifference]
    /// The number of messages at the start, the system's included, that both have. Where tools or parameters differ, too,
    /// they are not reused all the same.
    public let sharedMessages: Int
    /// The numbers of messages; the earlier one with its answer, where it is known.
    public let earlierMessages: Int
    public let laterMessages: Int

    /// The longest list of differences.
    public static let limit = 32

    /// - Parameter answer: what the earlier request was answered with, as a message.
    public init(earlier: ChatRequest, answer: JSONView? = nil, later: ChatRequest) {
        var found = Self.parameters(earlier, later)
        if earlier.kind == .completion || later.kind == .completion {
            if let difference = ValueDifference.first(earlier.body["prompt"], later.body["prompt"]),
                !Self.extends(earlier.body["prompt"], by: later.body["prompt"])
            {
                found.append(RequestDifference(.promptChanged, .prompt, difference))
            }
            (sharedMessages, earlierMessages, laterMessages) = (0, 0, 0)
        } else {
            found += ToolComparison.differences(earlier.tools, later.tools)
            let comparison = HistoryComparison(
                earlier: earlier.messages.map(\.view) + (answer.map { [$0] } ?? []),
                later: later.messages.map(\.view))
            sharedMessages = comparison.shared
            earlierMessages = comparison.earlier.count
            laterMessages = comparison.later.count
            found += comparison.difference.map { [$0] } ?? []
        }
        differences = Array(found.prefix(Self.limit))
    }

    private static func parameters(_ earlier: ChatRequest, _ later: ChatRequest) -> [RequestDifference] {
        let (old, new) = (values(earlier), values(later))
        return Set(old.keys).union(new.keys).sorted().compactMap { name in
            ValueDifference.first(old[name], new[name]).map {
                RequestDifference(.parameterChanged, .parameter(name), $0)
            }
        }
    }

    /// The parameters that a prefix chain counts in, as it writes them: a line of name and value for each.
    private static func values(_ request: ChatRequest) -> [String: JSONView] {
        var text: [UInt8] = []
        PrefixParameters(request.body, kind: request.kind).write(to: &text)
        var values: [String: JSONView] = [:]
        for line in text.split(separator: 0x0A) {
            let name = line.prefix { $0 != 0x3A }
            guard let value = try? JSONView(validating: Array(line.dropFirst(name.count + 1))) else { continue }
            values[String(decoding: name, as: UTF8.self)] = value
        }
        return values
    }

    /// A prompt that goes on where the earlier one ended, or ends within it.
    private static func extends(_ earlier: JSONView?, by later: JSONView?) -> Bool {
        guard let earlier = earlier?.string, let later = later?.string else { return false }
        return later.hasPrefix(earlier) || earlier.hasPrefix(later)
    }
}
