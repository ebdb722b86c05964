/// What localcode.yaml says under `routing:`.
public struct RoutingConfiguration: Sendable, Equatable {
    /// Looked at in order; the first that matches counts.
    public var rules: [RoutingRule] = []
    /// Names that clients may ask for, and the models that may answer, in the order of preference.
    public var virtualModels: [(name: String, models: [String])] = []
    /// The model for titles and summaries; nil: one that is called `small`, if there is one.
    public var small: String?
    /// The models to try next, by the name of the one that failed.
    public var fallbacks: [String: [String]] = [:]
    /// A model that has not begun to answer after so long is given up where there is another to try; nil: never.
    public var patience: Duration?
    public var privacy = Privacy()
    public var price = PriceSettings()
    public var lanes: [RequestLane: LaneLimits] = [:]
    /// By name: which of those that change a prompt are on besides those that always are.
    public var stabilisers: Set<String> = []
    /// A small model that is asked about requests of which the rules can tell nothing; nil: nobody is.
    public var secondOpinion: String?
    /// Whether prefixes that a project usually begins with are restored before they are asked for.
    public var restoresAhead = false

    public init() {}

    /// What must not leave this machine.
    public struct Privacy: Sendable, Equatable {
        /// Directories of projects.
        public var paths: [String] = []
        /// Models, by the name that a client asks for.
        public var models: [String] = []
        /// Header fields with the values that say so; an empty value stands for any.
        public var headers: [(name: String, value: String)] = []

        public init() {}

        public static func == (left: Self, right: Self) -> Bool {
            left.paths == right.paths && left.models == right.models
                && left.headers.elementsEqual(right.headers) { $0 == $1 }
        }
    }

    /// What time and money are worth.
    public struct PriceSettings: Sendable, Equatable {
        /// Dollars a day for GLM; nil: no limit.
        public var dailyBudget: Double?
        /// Dollars that an hour of waiting costs: what makes seconds and money comparable.
        public var hour = 20.0
        /// A conversation leaves the model that has its KV state only where that saves more than so many seconds.
        public var margin = 2.0

        public init() {}
    }

    public static func == (left: Self, right: Self) -> Bool {
        left.rules == right.rules && left.virtualModels.elementsEqual(right.virtualModels) { $0 == $1 }
            && left.small == right.small && left.fallbacks == right.fallbacks && left.patience == right.patience
            && left.privacy == right.privacy && left.price == right.price && left.lanes == right.lanes
            && left.stabilisers == right.stabilisers && left.secondOpinion == right.secondOpinion
            && left.restoresAhead == right.restoresAhead
    }
}

/// One rule: when it holds, and what then.
public struct RoutingRule: Sendable, Equatable {
    public var name: String
    public var conditions: RoutingConditions
    /// Models or virtual models to choose among; empty: the one that was asked for.
    public var models: [String] = []
    public var lane: RequestLane?
    public var overrides = RequestOverrides()
    public var isLocalOnly = false
    /// Why such requests are not answered; nil: they are.
    public var refusal: String?

    public init(name: String, conditions: RoutingConditions = RoutingConditions()) {
        self.name = name
        self.conditions = conditions
    }
}

/// What a rule asks of a request; what is empty or nil asks nothing.
public struct RoutingConditions: Sendable, Equatable {
    public var clients: [RequestClient] = []
    public var kinds: [RequestKind] = []
    /// Names or patterns with `*`.
    public var models: [String] = []
    /// Demands with the least score: `coder>0.5`.
    public var demands: [Demand.Kind: Double] = [:]
    /// Tokens of the prompt.
    public var tokens: ClosedRange<Int>?
    /// Minutes of the day, local time; the end may lie behind midnight.
    public var time: (from: Int, to: Int)?
    /// Days of the week, 1 is Monday; empty: all.
    public var days: [Int] = []
    /// The part of the engines' slots that is busy, from 0 to 1.
    public var load: ClosedRange<Double>?
    /// Header fields with patterns.
    public var headers: [(name: String, pattern: String)] = []
    /// Directories of projects.
    public var projects: [String] = []

    public init() {}

    public static func == (left: Self, right: Self) -> Bool {
        left.clients == right.clients && left.kinds == right.kinds && left.models == right.models
            && left.demands == right.demands && left.tokens == right.tokens && left.time?.from == right.time?.from
            && left.time?.to == right.time?.to && left.days == right.days && left.load == right.load
            && left.headers.elementsEqual(right.headers) { $0 == $1 } && left.projects == right.projects
    }
}

/// Fields of a request that a rule sets.
public struct RequestOverrides: Sendable, Equatable {
    /// By the names of OpenAI and llama-server: temperature, top_p, top_k, min_p, max_tokens, seed, reasoning_effort, …
    public var fields: JSONObject = [:]
    /// Whether the model may think before it answers; nil: as the client says.
    public var reasons: Bool?

    public init() {}

    public var isEmpty: Bool { fields.isEmpty && reasons == nil }
}
