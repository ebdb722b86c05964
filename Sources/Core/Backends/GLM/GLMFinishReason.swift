/// Why an answer ended, in OpenAI's words.
enum GLMFinishReason {
    /// What an OpenAI client is told.
    enum Meaning: Equatable {
        case reason(String)
        case failure(UpstreamFailure)
    }

    /// - Parameter calls: whether the answer holds tool calls.
    static func meaning(of reason: String, calls: Bool) -> Meaning {
        switch reason {
        case "sensitive": .reason("content_filter")
        // Unknown to clients, which then ask for the same again without end.
        case "model_context_window_exceeded": .reason("length")
        // As "stop" it would pass off a torn answer as a whole one.
        case "network_error", "error": .failure(GLMError.broken("the generation failed (finish_reason \(reason))"))
        case "stop", "end": .reason(calls ? "tool_calls" : "stop")
        default: .reason(reason)
        }
    }
}
