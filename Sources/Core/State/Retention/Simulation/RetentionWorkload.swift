/// What a trace asks of a store of states, whatever the store keeps: which states are offered to it when, and what each state
/// would have saved each request. All policies are measured on the same one.
///
/// Between the trace and the store stand the engine's slots. A request goes into the slot that holds its conversation, else
/// into a free one, else into the one that was used longest ago; the engine uses what the slot's tokens have in common with
/// the prompt. A slot's state is offered when it is overwritten and when the slot has idled, in the place of earlier states of
/// the same conversation, titles left out, and the state behind the system text and the tools once a second conversation
/// begins with it.
public struct RetentionWorkload: Sendable, Equatable {
    public internal(set) var states: [State] = []
    public internal(set) var events: [Event] = []
    public internal(set) var totals = Totals()

    /// A state that could be stored.
    public struct State: Sendable, Equatable {
        public var tokens: Int
        public var bytes: Int
        /// What evaluating all of its tokens takes.
        public var prefillSeconds: Double
        /// When conversations began with it, ascending; of a base only.
        public var starts: [Double] = []
    }

    public struct Event: Sendable, Equatable {
        /// Seconds since the trace began.
        public var time: Double
        public var action: Action

        public init(time: Double, _ action: Action) {
            self.time = time
            self.action = action
        }
    }

    public enum Action: Sendable, Equatable {
        /// A state that can be kept from here on; the ones it replaces are gone.
        case offer(state: Int, replaces: [Int])
        /// States of a conversation that nobody is expected to come back to.
        case drop([Int])
        /// A request that stored states could help, and what each of those that were offered would save.
        case lookup([Use])
    }

    /// What one state would save one request.
    public struct Use: Sendable, Equatable {
        public var state: Int
        /// Tokens that need not be evaluated, beyond those in the slot.
        public var tokens: Int
        /// The time that saves, less what restoring takes; above 0.
        public var seconds: Double

        public init(state: Int, tokens: Int, seconds: Double) {
            self.state = state
            self.tokens = tokens
            self.seconds = seconds
        }
    }

    /// What all requests need before any state is restored.
    public struct Totals: Sendable, Equatable {
        public var requests = 0
        public var promptTokens = 0
        /// Tokens that were in the slot.
        public var residentTokens = 0
        /// Evaluating the others.
        public var prefillSeconds = 0.0
    }

    /// A workload made by hand.
    public init(states: [State], events: [Event]) {
        self.states = states
        self.events = events
    }

    /// What the requests of a trace ask.
    /// - Parameter isSelective: offers only what ``Retention/admits(_:prefill:restore:save:rates:)`` lets in.
    public init(_ trace: RequestTrace, costs: SimulationCosts = SimulationCosts(), isSelective: Bool = false) {
        var builder = WorkloadBuilder(costs: costs, isSelective: isSelective)
        for event in trace.events {
            switch event {
            case .restart(let time): builder.restart(at: time)
            case .request(let request): builder.serve(request)
            }
        }
        self = builder.result
    }
}
