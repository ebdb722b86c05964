import LocalCodeCore

/// A day of somebody who works on three projects with OpenCode 1, in the order in which requests arrive: a session in each
/// project at any time, turns with tool loops, the title that comes together with the first turn, sub-agents in parallel,
/// planning and building, compaction, older sessions that are taken up again, and midnight.
///
/// What the assistant said is part of the trace, so that whoever answers it gets the same requests. Everything is an eighth as long
/// as in life, for a tokenizer that makes about a token of a character: prompts begin with 1,700 tokens (14,000 in life), a request of
/// the user's takes about ten steps of 250 tokens, and a conversation is compacted at 8,300 tokens (66,000).
public struct DayTrace: Sendable {
    /// How many times as long everything is in life.
    public static let scale = 8

    /// Requests that are under way at the same time; the next ones come when they are answered.
    public private(set) var waves: [[TrafficCase]] = []

    /// All requests.
    public var requests: [TrafficCase] { waves.flatMap(\.self) }

    /// - Parameters:
    ///   - seed: another day.
    ///   - sittings: how many times a project's user sits down with a session: a new one, or one from before.
    public init(seed: UInt64, sittings: Int) {
        var random = TrafficRandom(seed: seed)
        var plans = Self.projects(&random).map { project in
            DayPlan(project, sittings: sittings, &random).steps
        }
        let total = plans.reduce(0) { $0 + $1.count }
        var done = 0
        while plans.contains(where: { !$0.isEmpty }) {
            // The last tenth of the work is done after midnight.
            let date = done * 10 < total * 9 ? "Mon Nov 23 2026" : "Tue Nov 24 2026"
            let busy = plans.indices.filter { !plans[$0].isEmpty }.shuffled(using: &random)
            var wave: [TrafficCase] = []
            for index in busy.prefix(random.percent(60) ? 2 : 1) {
                wave += plans[index].removeFirst().map { $0.request(date) }
                done += 1
            }
            waves.append(wave)
        }
    }

    private static func projects(_ random: inout TrafficRandom) -> [OpenCode1Project] {
        ["/home/ada/ledger", "/home/ada/shop", "/home/ada/notes"].map { path in
            var project = OpenCode1Project(path: path)
            project.promptCharacters = 300
            project.onlyTools = ["bash", "edit", "read", "task"]
            project.instructions = "# How we work here\n\n" + random.paragraph(200)
            return project
        }
    }
}

/// A request before its date is known.
struct DayRequest: Sendable {
    enum Purpose: Sendable {
        case turn, title, compaction
    }

    var session: OpenCode1Session
    var purpose: Purpose

    func request(_ date: String) -> TrafficCase {
        var session = session
        session.project.date = date
        return switch purpose {
        case .turn: session.turn()
        case .title: session.title()
        case .compaction: session.compaction()
        }
    }
}

/// What happens in one project, step by step; the requests of a step are under way at the same time.
struct DayPlan: Sendable {
    private(set) var steps: [[DayRequest]] = []
    private let project: OpenCode1Project
    private var sessions: [OpenCode1Session] = []

    /// Characters of a conversation that make OpenCode compact it.
    private static let limit = 10_500

    init(_ project: OpenCode1Project, sittings: Int, _ random: inout TrafficRandom) {
        self.project = project
        for sitting in 0..<sittings {
            let isNew = sitting == 0 || random.percent(60)
            if isNew {
                begin(&random)
            } else {
                sessions.append(sessions.remove(at: random.below(sessions.count)))
                speak(&random)
            }
            for _ in 0..<(1 + random.below(3)) { speak(&random) }
        }
    }

    /// The session that is worked in.
    private var talk: OpenCode1Session {
        get { sessions[sessions.count - 1] }
        set { sessions[sessions.count - 1] = newValue }
    }

    /// A new session; every third begins with a plan.
    private mutating func begin(_ random: inout TrafficRandom) {
        var session = OpenCode1Session(project, agent: random.percent(33) ? .plan : .build, &random)
        session.options = [("max_tokens", 8), ("temperature", 0), ("n_probs", 1)]
        session.say(random.wish(), random.paragraph(60))
        sessions.append(session)
        steps.append([DayRequest(session: session, purpose: .turn), DayRequest(session: session, purpose: .title)])
        work(&random)
        if session.agent == .plan {
            talk.agent = .build
            speak(&random)
        }
    }

    /// Another turn of the user's.
    private mutating func speak(_ random: inout TrafficRandom) {
        talk.say(random.wish())
        ask()
        work(&random)
    }

    private mutating func ask() { steps.append([DayRequest(session: talk, purpose: .turn)]) }

    /// The tool loop, until the assistant has nothing more to do.
    private mutating func work(_ random: inout TrafficRandom) {
        for _ in 0..<(6 + random.below(7)) {
            if talk.agent == .build, random.percent(5) {
                delegate(&random)
            } else {
                talk.use(&random, [Self.call(&random)])
            }
            if talk.length > Self.limit {
                steps.append([DayRequest(session: talk, purpose: .compaction)])
                talk.compact(random.paragraph(300))
            }
            ask()
        }
        talk.hear(random.sentence())
    }

    private static func call(_ random: inout TrafficRandom) -> (name: String, arguments: String, result: String) {
        ("read", #"{"filePath":"\#(random.file())"}"#, random.code(30 + random.below(150)))
    }

    /// Two or three sub-agents at once, whose reports are what the calls gave.
    private mutating func delegate(_ random: inout TrafficRandom) {
        var children: [OpenCode1Session] = []
        for index in 0..<(2 + random.below(2)) {
            var child = OpenCode1Session(project, agent: index == 0 ? .explore : .general, parent: talk.id, &random)
            child.options = talk.options
            child.say(random.wish())
            children.append(child)
        }
        for _ in 0..<(2 + random.below(2)) {
            steps.append(children.map { DayRequest(session: $0, purpose: .turn) })
            for index in children.indices { children[index].use(&random, [Self.call(&random)]) }
        }
        talk.use(
            &random,
            children.map { child in
                let type = child.agent == .explore ? "explore" : "general"
                return ("task", #"{"description":"look","subagent_type":"\#(type)"}"#, random.paragraph(100))
            })
    }
}
