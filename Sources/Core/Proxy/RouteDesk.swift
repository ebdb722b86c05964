import Synchronization

/// What is known for routing beyond a single request: who answers which conversation, how fast each model is, which upstream is
/// down, what was spent, and what became of the last requests. Shared by all requests; bounded.
public final class RouteDesk: Sendable {
    /// How fast a model is, as its last requests showed.
    struct Pace: Sendable, Equatable {
        /// Tokens a second.
        var prefill: Double?
        var decode: Double?
        /// What a request takes from its turn to its end, seconds: what it waits for engine and slot before is no part of it.
        var seconds: Double?
        /// Tokens of an answer.
        var answer: Double?

        /// The newest measurement counts a quarter.
        private static let weight = 0.25

        mutating func observe(_ usage: Usage, first: Duration?, duration: Duration) {
            let read = (usage.prompt ?? 0) - (usage.cached ?? 0)
            let promptSeconds = usage.promptSeconds ?? first?.seconds
            if read >= 32, let promptSeconds, promptSeconds > 0 {
                Self.mix(Double(read) / promptSeconds, into: &prefill)
            }
            if let completion = usage.completion, completion > 1 {
                let seconds = usage.decodeSeconds ?? first.map { (duration - $0).seconds }
                if let seconds, seconds > 0 { Self.mix(Double(completion) / seconds, into: &decode) }
                Self.mix(Double(completion), into: &answer)
            }
            Self.mix(duration.seconds, into: &self.seconds)
        }

        private static func mix(_ value: Double, into average: inout Double?) {
            guard value.isFinite, value > 0 else { return }
            average = average.map { $0 + (value - $0) * weight } ?? value
        }
    }

    /// Where a conversation was answered last.
    struct Home: Sendable, Equatable {
        var model: String
        /// Tokens of its last prompt.
        var tokens: Int
        /// Of a clock that only goes forward, seconds.
        var time: Double
    }

    private struct State {
        var reports: [RouteReport] = []
        var homes: [String: Home] = [:]
        /// Directories of conversations, and the time of each.
        var projects: [String: (path: String, time: Double)] = [:]
        var paces: [String: Pace] = [:]
    }

    public let configuration: RoutingConfiguration
    let breakers: Breakers
    /// Dollars that went to GLM; nil: nobody counts.
    let spending: SpendingBook?
    let stabilisers = StabiliserMemory()
    private let state = Mutex(State())

    /// Requests that can be asked about afterwards.
    static let reportLimit = 200
    private static let homeLimit = 1024
    private static let modelLimit = 100

    public init(
        _ configuration: RoutingConfiguration = RoutingConfiguration(), spending: SpendingBook? = nil,
        breakers: Breakers = Breakers()
    ) {
        self.configuration = configuration
        self.spending = spending
        self.breakers = breakers
    }

    /// The last requests, the newest first.
    var reports: [RouteReport] { state.withLock { $0.reports.reversed() } }

    func keep(_ report: RouteReport) {
        state.withLock { state in
            state.reports.append(report)
            if state.reports.count > Self.reportLimit { state.reports.removeFirst() }
        }
    }

    func home(of conversation: String?) -> Home? {
        conversation.flatMap { name in state.withLock { $0.homes[name] } }
    }

    /// The directory that a request is about: as it tells, or as its conversation, or the one that it was started from, did
    /// before. A title tells none.
    /// - Parameter isRemembered: whether what it tells holds for what comes after it.
    func project(of request: RequestClass, isRemembered: Bool = true) -> String? {
        let names = [request.conversation, request.parent].compactMap(\.self)
        return state.withLock { state in
            guard let path = request.project else { return names.compactMap { state.projects[$0]?.path }.first }
            guard isRemembered, let name = names.first else { return path }
            state.projects[name] = (path, SystemTime.monotonic())
            if state.projects.count > Self.homeLimit,
                let oldest = state.projects.min(by: { $0.value.time < $1.value.time })
            {
                state.projects[oldest.key] = nil
            }
            return path
        }
    }

    func pace(of model: String) -> Pace { state.withLock { $0.paces[model] } ?? Pace() }

    /// Takes note of an answer.
    func observe(
        _ usage: Usage, first: Duration?, duration: Duration, model: String, conversation: String?
    ) {
        let now = SystemTime.monotonic()
        state.withLock { state in
            if state.paces[model] != nil || state.paces.count < Self.modelLimit {
                state.paces[model, default: Pace()].observe(usage, first: first, duration: duration)
            }
            guard let conversation else { return }
            let tokens = (usage.prompt ?? 0) + (usage.completion ?? 0)
            state.homes[conversation] = Home(model: model, tokens: tokens, time: now)
            guard state.homes.count > Self.homeLimit,
                let oldest = state.homes.min(by: { $0.value.time < $1.value.time })
            else { return }
            state.homes[oldest.key] = nil
        }
    }
}
