/// One session of a generated trace and the sub-agents it sends.
struct SessionTrace {
    let generator: TraceGenerator
    let prompts: OpenCodePrompts
    let id: String
    let startDay: Int
    var random: TraceRandom
    var time: Double
    /// Behind the leading segments.
    var history: [TraceSegment] = []
    var requests: [TraceRequest] = []
    private var count = 0
    private var mode = Mode.build

    /// 1.18 adds a reminder to the last user message alone, so that the message reads otherwise in the next turn.
    private enum Mode: Equatable {
        case build, plan, afterPlan

        var reminder: (suffix: String, tokens: Int)? {
            switch self {
            case .build: nil
            case .plan: ("+plan", 308)
            case .afterPlan: ("+build", 55)
            }
        }
    }

    init(
        generator: TraceGenerator, project: TraceGenerator.Project, id: String, start: Double, random: TraceRandom
    ) {
        self.generator = generator
        prompts = OpenCodePrompts(project: project)
        self.id = id
        self.random = random
        time = start
        startDay = Int(start / TraceGenerator.day)
    }

    mutating func run() {
        if !prompts.project.isV2, random.percent(15) { mode = .plan }
        let turns = random.number(weighted: [(4, 1...2), (4, 3...6), (2, 7...14)])
        for turn in 0..<turns {
            if turn > 0 { think() }
            if turn == 2, mode == .plan { mode = .afterPlan }
            say()
            if turn == 0 {
                let title = prompts.title(of: history[history.count - 1])
                ask(.title, title, answer: random.number(6...14), at: time)
            }
            work()
        }
    }

    /// Till the next message: mostly minutes, at times the night.
    private mutating func think() {
        time += Double(
            random.number(weighted: [(70, 20...300), (24, 600...3_600), (6, 14 * 3_600...16 * 3_600)]))
    }

    private mutating func say() {
        if mode != .build, let last = history.lastIndex(where: { $0.role == .user && $0.id.contains("+") }) {
            let message = history[last]
            let reminder = message.id.hasSuffix("+plan") ? Mode.plan.reminder : Mode.afterPlan.reminder
            let id = String(message.id.prefix { $0 != "+" })
            history[last] = TraceSegment(.user, id, message.tokens - (reminder?.tokens ?? 0))
        }
        let tokens = random.number(weighted: [(8, 15...150), (2, 500...4_000)])
        let reminder = mode.reminder
        history.append(TraceSegment(.user, next("u") + (reminder?.suffix ?? ""), tokens + (reminder?.tokens ?? 0)))
    }

    /// The steps of one turn: answers that call tools, and at last one that does not.
    private mutating func work() {
        for _ in 0..<random.number(weighted: [(3, 0...2), (4, 3...8), (1, 9...20)]) {
            compactIfNeeded()
            step(answer: random.number(40...300), callsTools: true)
            let result = random.percent(3) ? delegate() : Self.toolResult(&random)
            history.append(TraceSegment(.toolResult, next("r"), result))
        }
        compactIfNeeded()
        step(answer: random.number(100...600))
    }

    private mutating func step(answer tokens: Int, callsTools: Bool = false) {
        history.append(ask(.main, leading + history, answer: tokens, at: time, callsTools: callsTools))
        time += Double(random.number(3...30))
    }

    private var leading: [TraceSegment] {
        prompts.leading(.build, day: prompts.project.isV2 ? startDay : Int(time / TraceGenerator.day))
    }

    static func toolResult(_ random: inout TraceRandom) -> Int {
        random.number(weighted: [(60, 30...600), (32, 600...3_000), (8, 3_000...10_000)])
    }

    private mutating func compactIfNeeded() {
        let tokens = (leading + history).reduce(0) { $0 + $1.tokens }
        guard tokens > generator.contextLimit, history.count > 3 else { return }
        let summary: TraceSegment
        if prompts.project.isV2 {
            summary = ask(
                .compaction, leading + history + [TraceSegment(.user, "v2.compact", 400)],
                answer: random.number(700...1_200), at: time)
            history = [TraceSegment(.user, "\(summary.id).checkpoint", summary.tokens + 80)]
        } else {
            summary = ask(
                .compaction, OpenCodePrompts.transcript(next("c"), of: history), answer: random.number(700...1_200),
                at: time)
            history = [
                TraceSegment(.user, "v1.compacted", 8), summary, TraceSegment(.user, "v1.continue", 25),
            ]
        }
        time += Double(random.number(10...40))
    }

    /// Sub-agents work at the same time, the session waits for all of them.
    /// - Returns: Tokens of what they report.
    private mutating func delegate() -> Int {
        let parent = self
        let start = time
        var reported = 0
        for _ in 0..<random.number(1...3) {
            var child = SessionTrace(
                generator: generator, project: parent.prompts.project, id: next("agent"), start: start,
                random: random.split())
            child.runAsSubagent(of: id, explores: random.percent(60))
            requests += child.requests
            time = max(time, child.time)
            reported += random.number(150...700)
        }
        return reported
    }

    private mutating func runAsSubagent(of parent: String, explores: Bool) {
        let leading = prompts.leading(explores ? .explore : .general, day: startDay)
        history = [TraceSegment(.user, next("u"), random.number(60...300))]
        let steps = random.number(2...8)
        for step in 0...steps {
            history.append(
                ask(
                    .subagent, leading + history, answer: random.number(40...400), at: time, parent: parent,
                    callsTools: step < steps))
            time += Double(random.number(3...20))
            if step < steps { history.append(TraceSegment(.toolResult, next("r"), Self.toolResult(&random))) }
        }
    }

    /// Records a request.
    /// - Returns: Its answer.
    @discardableResult
    private mutating func ask(
        _ kind: TraceKind, _ prompt: [TraceSegment], answer tokens: Int, at time: Double, parent: String? = nil,
        callsTools: Bool = false
    ) -> TraceSegment {
        let answer = TraceSegment(.assistant, next("a"), tokens)
        requests.append(
            TraceRequest(
                time: time, session: id, parent: parent, project: prompts.project.id, kind: kind,
                prompt: prompt.map(generator.scaled), answer: generator.scaled(answer), callsTools: callsTools))
        return answer
    }

    private mutating func next(_ letter: String) -> String {
        count += 1
        return "\(id).\(letter)\(count)"
    }
}
