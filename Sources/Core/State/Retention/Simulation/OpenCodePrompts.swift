/// What stands before the conversation in OpenCode's requests. Sizes are tokens, measured on OpenCode 1.18.18 (tool schemas
/// from its source) and on a request of 2.0.29; those of the 2.0 sub-agents' tool lists are estimates.
struct OpenCodePrompts: Sendable {
    var project: TraceGenerator.Project

    enum Agent: Sendable { case build, general, explore }

    /// System text, then tools.
    /// - Parameter day: In 1.18 the date stands early and follows the calendar; in 2.0 it stands late and stays as it was when
    ///   the session began.
    func leading(_ agent: Agent, day: Int) -> [TraceSegment] {
        project.isV2 ? second(agent, day) : first(agent, day)
    }

    private func first(_ agent: Agent, _ day: Int) -> [TraceSegment] {
        var segments =
            agent == .explore
            ? [TraceSegment(.system, "v1.explore", 176)] : [TraceSegment(.system, "v1.prompt", 1_828)]
        segments.append(TraceSegment(.system, "v1.env.\(project.id).d\(day)", 131))
        segments += instructions
        switch agent {
        case .build: segments.append(TraceSegment(.tools, "v1.tools", 5_072))
        case .general: segments.append(TraceSegment(.tools, "v1.tools.general", 3_276))
        case .explore: segments.append(TraceSegment(.tools, "v1.tools.explore", 2_470))
        }
        return segments
    }

    private func second(_ agent: Agent, _ day: Int) -> [TraceSegment] {
        var segments =
            agent == .explore
            ? [TraceSegment(.system, "v2.explore", 176)]
            : [
                TraceSegment(.system, "v2.prompt", 1_599), TraceSegment(.system, "v2.code.\(project.id)", 2_494),
                TraceSegment(.system, "v2.skills", 2_022),
            ]
        segments += instructions
        segments.append(TraceSegment(.system, "v2.env.\(project.id).d\(day)", 166))
        switch agent {
        case .build: segments.append(TraceSegment(.tools, "v2.tools", 2_739))
        case .general: segments.append(TraceSegment(.tools, "v2.tools.general", 2_000))
        case .explore: segments.append(TraceSegment(.tools, "v2.tools.explore", 1_100))
        }
        return segments
    }

    private var instructions: [TraceSegment] {
        project.instructions == 0 ? [] : [TraceSegment(.system, "agents.\(project.id)", project.instructions)]
    }

    /// The request for a title, which has nothing in common with the conversation.
    func title(of message: TraceSegment) -> [TraceSegment] {
        let system = TraceSegment(.system, project.isV2 ? "v2.title" : "v1.title", 523)
        return project.isV2 ? [system, message] : [system, TraceSegment(.user, "v1.title.ask", 8), message]
    }

    /// 1.18 sends a transcript in which tools' answers are cut short, behind a prompt of its own.
    static func transcript(_ id: String, of history: [TraceSegment]) -> [TraceSegment] {
        let tokens = history.reduce(0) { $0 + ($1.role == .toolResult ? min($1.tokens, 500) : $1.tokens) }
        return [TraceSegment(.system, "v1.compaction", 116), TraceSegment(.user, id, tokens + 330)]
    }
}
