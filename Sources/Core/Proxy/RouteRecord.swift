import Synchronization

/// What becomes of a request on its way: a report that grows, and is kept at the end.
final class RouteRecord: Sendable {
    private let state: Mutex<RouteReport>
    private let desk: RouteDesk

    /// - Parameter mayQuote: whether it keeps words of the prompt.
    init(id: String, _ route: Router.Route, desk: RouteDesk, asked: String?, mayQuote: Bool = true) {
        self.desk = desk
        let report = RouteReport(
            id: id, time: SystemTime.wall(), asked: asked, request: route.request, signals: route.signals,
            demands: route.demands, decision: route.decision, prices: route.prices,
            model: route.candidates.first?.model)
        state = Mutex(mayQuote ? report : report.withoutQuotes)
    }

    var report: RouteReport { state.withLock { $0 } }

    /// Somebody is asked.
    func begin(_ candidate: Router.Candidate) {
        state.withLock { report in
            let model = candidate.model.cut(to: RouteReport.textLimit)
            report.model = model
            report.attempts.append((model, "asked"))
        }
    }

    /// Whoever was asked last has answered, or not.
    func end(_ attempt: RelayAttempt) {
        state.withLock { report in
            guard !report.attempts.isEmpty else { return }
            report.attempts[report.attempts.count - 1].outcome = attempt.outcome.cut(
                to: RouteReport.textLimit)
        }
    }

    func placed(_ receipt: CacheReceipt?) { state.withLock { $0.placement = receipt?.summary } }

    func stabilised(_ names: [String]) { state.withLock { $0.stabilisers = names } }

    /// Keeps it for those who ask later.
    func keep() { desk.keep(report) }
}
