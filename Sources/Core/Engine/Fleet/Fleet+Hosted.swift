extension Fleet {
    /// A request that waits for an engine.
    struct Waiter {
        let id: Int
        let since: Double
        let continuation: CheckedContinuation<EngineUse, any Error>
    }

    /// A model, and its engine while it has one.
    struct Hosted {
        var entry: ModelEntry
        var phase = FleetSchedule.Phase.unloaded
        var engine: RunningEngine?
        /// Changes with every run.
        var generation = 0
        var active = 0
        /// Requests that were let in so far.
        var grants = 0
        var waiters: [Waiter] = []
        /// What starting or stopping does at the moment.
        var task: Task<Void, Never>?
        /// When that began.
        var since = 0.0
        var idleSince = 0.0
        /// When its last request ended; unlike the above, it does not change with a start.
        var lastEnd = 0.0
        /// How long it usually is from the end of one request to the next, seconds.
        var usualGap: Double?
        var isFresh = false
        var isStale = false
        var wantsRestart = false
        var notBefore = 0.0
        /// What is known of its files.
        var examination = Examination.none
        /// The look at them.
        var look: Task<Void, Never>?
        /// Why its files are of no use: only somebody who changes them can help.
        var problem: String?
        /// Why it is not there at the moment.
        var failure: String?
        /// How its last run ended.
        var lastEnding: String?
        /// What it ran with last.
        var lastGood: ModelEntry?
        /// The scales that its adapters were given through LocalCode, as /lora-adapters takes them.
        var adapterScales: [UInt8]?
        /// When it ended by itself or did not start.
        var failures: [Double] = []
        /// Bytes: by its files, and as its process was seen to use.
        var estimate: Int?
        var measured: Int?
        /// What starting it took last, seconds.
        var loadSeconds = 0.0
        /// And all starts together.
        var loadSecondsInAll = 0.0
        var loads = 0
        var restarts = 0
        var unloads = 0
    }

    /// Whether a model's files were looked at.
    enum Examination: Sendable {
        case none, running, passed
    }
}
