/// What is known about one model of the GLM API.
public struct GLMModel: Sendable, Equatable {
    /// How a model deals with the `thinking` field.
    public enum Thinking: Sendable, Equatable {
        /// `enabled` and `disabled` both work; leaving the field out means enabled.
        case onOff
        /// It always thinks: `disabled` is ignored or refused.
        case always
        /// It never thinks.
        case none
        /// On and off, and `reasoning_effort` is obeyed.
        case effortScale
    }

    /// The id on the wire, lower case.
    public let id: String
    /// Prompt and answer together, in tokens.
    public let contextTokens: Int
    /// The largest `max_tokens` the gateway takes.
    public let maxOutputTokens: Int
    /// What the `thinking` field does.
    public let thinking: Thinking
    /// The values of `reasoning_effort` it takes; empty where the field is ignored.
    public let efforts: [String]
    /// Whether messages may hold images.
    public let vision: Bool
    /// Whether `tool_stream` makes the arguments of a tool call arrive in pieces.
    public let streamsToolCalls: Bool
    /// Whether the Coding Plan includes it.
    public let codingPlan: Bool

    /// The name as its makers write it, such as "GLM-4.7".
    public var displayName: String { GLMModels.displayName(of: id) }
}

/// The models of the GLM API. Ids that are missing here are passed through: new ones appear every month, and the
/// gateway's own list leaves out the free and the vision models.
public enum GLMModels {
    /// Every known model, newest first.
    ///
    /// Limits as the gateway enforced them in October 2026; those of the vision models from docs.z.ai (a K is 1,024).
    public static let all: [GLMModel] = [
        row("glm-5.3", 1_048_576, 131_072, .always, efforts: fixedEfforts, toolStream: true, plan: true),
        row(
            "glm-5.3-flash", 1_048_576, 131_072, .always, efforts: fixedEfforts, vision: true, toolStream: true,
            plan: true),
        row("glm-5.3-flashx", 1_048_576, 131_072, .always, efforts: fixedEfforts, vision: true, toolStream: true),
        row("glm-5.2", 1_048_576, 131_072, .effortScale, efforts: allEfforts, toolStream: true, plan: true),
        row("glm-5.1", 204_800, 131_072, .onOff, toolStream: true, plan: true),
        row("glm-5-turbo", 204_800, 131_072, .onOff, toolStream: true, plan: true),
        row("glm-5", 204_800, 131_072, .onOff, toolStream: true),
        row("glm-5v-turbo", 204_800, 131_072, .onOff, vision: true, plan: true),
        row("glm-4.7", 204_800, 131_072, .onOff, toolStream: true, plan: true),
        row("glm-4.7-flash", 204_800, 131_072, .onOff, toolStream: true),
        row("glm-4.7-flashx", 204_800, 131_072, .onOff, toolStream: true),
        row("glm-4.6", 204_800, 131_072, .onOff, toolStream: true),
        row("glm-4.6v", 131_072, 32_768, .onOff, vision: true),
        row("glm-4.6v-flash", 131_072, 32_768, .onOff, vision: true),
        row("glm-4.6v-flashx", 131_072, 32_768, .onOff, vision: true),
        row("glm-4.5", 131_072, 131_072, .onOff),
        row("glm-4.5-air", 131_072, 98_304, .onOff, plan: true),
        row("glm-4.5-airx", 131_072, 98_304, .onOff),
        row("glm-4.5-flash", 131_072, 98_304, .onOff),
        row("glm-4.5v", 65_536, 16_384, .onOff, vision: true),
        row("glm-4.1v-thinking-flash", 65_536, 16_384, .always, vision: true),
        row("glm-4.1v-thinking-flashx", 65_536, 16_384, .always, vision: true),
        row("glm-4-flash-250414", 131_072, 16_384, .none),
        row("glm-4-flashx-250414", 131_072, 16_384, .none),
    ]

    /// The row of a model, whatever the case of its letters.
    public static func model(_ id: String) -> GLMModel? { byID[id.lowercased()] }

    /// The name to show for an id: "GLM-4.7" for "glm-4.7". An id of another family is its own name.
    public static func displayName(of id: String) -> String {
        let parts = id.lowercased().split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count > 1, parts[0] == "glm" else { return id }
        return (["GLM"] + parts.dropFirst().map(displayName(ofPart:))).joined(separator: "-")
    }

    private static func displayName(ofPart part: Substring) -> String {
        guard let first = part.first else { return "" }
        if first.isNumber { return part.uppercased() }
        // FlashX and AirX: the faster twins of Flash and Air.
        if part.count > 1, part.last == "x" { return first.uppercased() + part.dropFirst().dropLast() + "X" }
        return first.uppercased() + part.dropFirst()
    }

    private static let allEfforts = ["max", "xhigh", "high", "medium", "low", "minimal", "none"]
    private static let fixedEfforts = ["low", "high", "max"]
    private static let byID = Dictionary(all.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })

    private static func row(
        _ id: String, _ contextTokens: Int, _ maxOutputTokens: Int, _ thinking: GLMModel.Thinking,
        efforts: [String] = [],
        vision: Bool = false, toolStream: Bool = false, plan: Bool = false
    ) -> GLMModel {
        GLMModel(
            id: id, contextTokens: contextTokens, maxOutputTokens: maxOutputTokens, thinking: thinking,
            efforts: efforts,
            vision: vision, streamsToolCalls: toolStream, codingPlan: plan)
    }
}
