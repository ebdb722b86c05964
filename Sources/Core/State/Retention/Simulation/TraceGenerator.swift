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
    /// Requests of scripts and of people in a chat window, each day, that nothing comes before and nothing behind.
    public var oneOffsPerDay = 0
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
        for day in 0..<days {
            for request in oneOffs(day) { events.append((request.time, events.count, .request(request))) }
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

    /// Days on which people start sessions.
    private var days: Int { (max(0, sessions) + max(1, sessionsPerDay) - 1) / max(1, sessionsPerDay) }

    /// Their texts are longer than people's: files, logs, pages to sum up.
    private func oneOffs(_ day: Int) -> [TraceRequest] {
        var random = TraceRandom(seed: seed ^ UInt64(day + 1) << 32)
        return (0..<max(0, oneOffsPerDay)).map { index in
            let id = "q\(day + 1).\(index + 1)"
            let time = Double(day) * Self.day + 9 * 3_600 + Double(random.number(0...8 * 3_600))
            let tokens = random.number(weighted: [(2, 100...800), (3, 800...4_000), (1, 4_000...16_000)])
            let prompt = [TraceSegment(.user, "\(id).u", tokens)]
            return TraceRequest(
                time: time, session: id, project: "none", kind: .chat,
                prompt: prompt.map(scaled), answer: scaled(TraceSegment(.assistant, "\(id).a", random.number(50...500)))
            )
        }
    }

    func scaled(_ segment: TraceSegment) -> TraceSegment {
        var segment = segment
        segment.tokens = max(1, Int((Double(segment.tokens) * scale).rounded()))
        return segment
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
