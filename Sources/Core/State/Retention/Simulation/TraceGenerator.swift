/// Makes traces like those of people who work with OpenCode: several projects over several days, sessions that overlap, a
/// title asked for at the same instant as the first answer, tool steps, sub-agents with tool lists of their own, compactions,
/// a new date each day, and an engine that starts again each night.
///
/// The order of prompts and what changes in them is OpenCode's, of both lines (1.18 and 2.0), and so are the sizes of its
/// texts and tool lists; how long people think, how much tools answer and how often sub-agents are sent are assumptions.
public struct TraceGenerator: Sendable, Equatable {
    public var seed: UInt64
    /// Sessions that people start; sub-agents come on top.
    public var sessions: Int
    public var sessionsPerDay = 12
    public var projects = 4
    /// Longest conversation in tokens: a session compacts when its next prompt would be longer.
    public var contextLimit = 48_000
    /// Multiplies all numbers of tokens, to fit an engine that is slow.
    public var scale = 1.0
    /// Whether the engine starts again each night.
    public var restarts = true

    public init(seed: UInt64 = 1, sessions: Int = 60) {
        self.seed = seed
        self.sessions = sessions
    }

    /// The same for the same values.
    public func trace() -> RequestTrace {
        var random = TraceRandom(seed: seed)
        let projects = (0..<max(1, projects)).map { project($0, &random) }
        var events: [(time: Double, order: Int, event: RequestTrace.Event)] = []
        for index in 0..<max(0, sessions) {
            // Half of the work is in the first project, a quarter in the second, and so on.
            let project = projects.dropLast().first { _ in random.percent(50) } ?? projects[projects.count - 1]
            var session = SessionTrace(
                generator: self, project: project, id: "s\(index + 1)", start: start(of: index, &random),
                random: random.split())
            session.run()
            for request in session.requests { events.append((request.time, events.count, .request(request))) }
        }
        if restarts, let last = events.map(\.time).max() {
            for day in 1..<max(2, Int(last / Self.day) + 1) {
                let time = Double(day) * Self.day + 4 * 3_600
                if time < last { events.append((time, -1, .restart(time: time))) }
            }
        }
        return RequestTrace(
            events: events.sorted { ($0.time, $0.order) < ($1.time, $1.order) }.map(\.event))
    }

    /// Seconds of a day.
    static let day = 24 * 3_600.0

    /// Between nine and five.
    private func start(of session: Int, _ random: inout TraceRandom) -> Double {
        Double(session / max(1, sessionsPerDay)) * Self.day + 9 * 3_600 + Double(random.number(0...8 * 3_600))
    }

    private func project(_ index: Int, _ random: inout TraceRandom) -> Project {
        Project(
            id: "p\(index + 1)", isV2: index % 2 == 1,
            instructions: random.number(weighted: [(1, 0...0), (3, 200...1_500), (1, 1_500...5_000)]))
    }

    struct Project: Sendable, Equatable {
        var id: String
        var isV2: Bool
        /// Tokens of its AGENTS.md.
        var instructions: Int
    }
}
