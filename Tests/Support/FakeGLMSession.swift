import LocalCodeCore
import Synchronization

extension FakeGLM {
    /// A gateway with a plan: the first request meets the first scenario, and so on; the last one stays. Keeps what it was
    /// sent, and refuses a request_id that it has seen.
    public final class Session: Sendable {
        /// A request as it came.
        public struct Seen: Sendable {
            public let path: String
            public let headers: HTTPHeaders
            public let body: [UInt8]
        }

        private struct State {
            var plan: [Scenario]
            var seen: [Seen] = []
            var ids: Set<String> = []
        }

        private let gateway: FakeGLM
        private let state: Mutex<State>

        public init(_ plan: [Scenario], gateway: FakeGLM = FakeGLM()) {
            self.gateway = gateway
            state = Mutex(State(plan: plan))
        }

        /// Every request so far, refused ones included.
        public var seen: [Seen] { state.withLock { $0.seen } }

        /// The reply to the next request.
        public func reply(method: String, path: String, headers: HTTPHeaders, body: [UInt8]) -> Reply {
            let id = (try? JSONValue(parsing: body))?["request_id"]?.string
            let (scenario, isDuplicate) = state.withLock { state in
                state.seen.append(Seen(path: path, headers: headers, body: body))
                let isNew = id.map { state.ids.insert($0).inserted } ?? true
                let scenario = state.plan.count > 1 ? state.plan.removeFirst() : state.plan.first
                return (scenario, !isNew)
            }
            if isDuplicate { return FakeGLM.failure(1231, "request_id already exists") }
            var gateway = gateway
            if let scenario { gateway.scenario = scenario }
            return gateway.reply(method: method, path: path, headers: headers, body: body)
        }
    }
}
