/// Which engines to start and to stop next: a pure function of what the models are doing.
///
/// Requests for a model whose engine runs go on at once; those for another one wait until there is memory for it. An engine
/// that is idle gives way, the one used longest ago first: at once, unless its next request usually comes sooner than the other
/// one could be started. Then it stays for twice as long as that usually takes, so that two clients that work at the same time
/// do not make every request swap. An engine that is busy is left alone until somebody has waited for `patience`; then it
/// finishes what it has, and its new requests wait instead.
struct FleetSchedule: Sendable, Equatable {
    /// What an engine is doing.
    enum Phase: Sendable, Equatable {
        case unloaded
        /// It starts.
        case loading
        case ready
        /// Its states are saved, then it ends.
        case stopping
    }

    /// A model as it stands.
    struct Model: Sendable, Equatable {
        var name: String
        var phase = Phase.unloaded
        /// Bytes it takes or will take, by what is known best.
        var need = 0
        /// Bytes it takes by the user's word or its files. Whether it can be loaded at all goes by these: what a process was
        /// once seen to use must not shut a model out for ever.
        var leastNeed = 0
        /// Whether it was found in order: otherwise nobody gives way to it.
        var mayLoad = true
        /// Requests that run.
        var active = 0
        /// Since when the longest waiting request waits; nil where none does.
        var waitingSince: Double?
        /// When its last request ended, or it became ready.
        var idleSince = 0.0
        /// How long it usually is until its next request comes, seconds; nil where that is not known.
        var usualGap: Double?
        /// What starting it takes, seconds; 0 where that is not known.
        var loadSeconds = 0.0
        /// Seconds of idling after which it is stopped; nil: never.
        var timeToLive: Double?
        /// Loaded without being asked for, and never stopped for another.
        var isPinned = false
        /// It ran and ended by itself: it is started again where that costs nobody else a place.
        var wantsRestart = false
        /// It is ready, and nobody was let in yet: those who wait for it are served before it has to give way.
        var isFresh = false
        /// It is to be started with other arguments.
        var isStale = false
        /// It is not started before then.
        var notBefore = 0.0
    }

    /// What to do now.
    struct Decision: Sendable, Equatable {
        /// Engines whose waiting requests can go on.
        var grants: [String] = []
        var loads: [String] = []
        var unloads: [String] = []
        /// Models that can never be loaded, since they need more than there is.
        var refusals: [String] = []
        /// When time alone may change the decision; nil: never.
        var nextLook: Double?
    }

    var models: [Model]
    /// Bytes for all engines together; nil: no limit.
    var budget: Int?
    /// How long a request waits before a busy engine has to give way, seconds.
    var patience: Double
    var now: Double

    /// The decision.
    func decide() -> Decision {
        var decision = Decision()
        var look = NextLook(now: now)
        var used = models.filter { $0.phase != .unloaded }.reduce(0) { $0 + cost($1) }
        var held: Set<String> = Set(models.filter { $0.isStale && $0.phase == .ready }.map(\.name))
        // Only one model at a time makes others give way; those behind it can have what is free meanwhile.
        var isSomebodyFirst = false

        for model in wanted {
            guard model.notBefore <= now else {
                look.at(model.notBefore)
                continue
            }
            if fits(cost(model), used) {
                decision.loads.append(model.name)
                used += cost(model)
                continue
            }
            guard canEverFit(model) else {
                if model.waitingSince != nil { decision.refusals.append(model.name) }
                continue
            }
            guard let since = model.waitingSince ?? (model.isPinned ? now : nil) else { continue }
            guard !isSomebodyFirst else { continue }
            isSomebodyFirst = true
            held.formUnion(victims(for: model, used: used, since: since, &look))
        }
        if !isSomebodyFirst { held.formUnion(surplus(used)) }
        for model in models where model.phase == .ready {
            let isIdle = model.active == 0
            if held.contains(model.name) {
                if isIdle { decision.unloads.append(model.name) }
            } else if model.waitingSince != nil {
                decision.grants.append(model.name)
            } else if isIdle, !model.isPinned, let limit = model.timeToLive {
                if now - model.idleSince >= limit {
                    decision.unloads.append(model.name)
                } else {
                    look.at(model.idleSince + limit)
                }
            }
        }
        decision.nextLook = look.time
        return decision
    }

    /// Models that should be loaded: those that are waited for, who has waited longest first, then those that are always
    /// there, then those that ended by themselves.
    private var wanted: [Model] {
        func rank(_ model: Model) -> (Int, Double) {
            model.waitingSince.map { (0, $0) } ?? (model.isPinned ? (1, 0) : (2, 0))
        }
        return models.filter { model in
            model.phase == .unloaded && model.mayLoad
                && (model.waitingSince != nil || model.isPinned || model.wantsRestart)
        }.sorted { rank($0) < rank($1) }
    }

    /// Whether a model runs already, or can be loaded while all that run stay.
    func hasRoom(for name: String) -> Bool {
        guard let model = models.first(where: { $0.name == name }) else { return false }
        let others = models.filter { $0.name != name && $0.phase != .unloaded }
        return [.ready, .loading].contains(model.phase) || fits(cost(model), others.reduce(0) { $0 + cost($1) })
    }

    private func fits(_ need: Int, _ used: Int) -> Bool { budget.map { used + need <= $0 } ?? true }

    private func canEverFit(_ model: Model) -> Bool { fits(model.leastNeed, pinned(besides: model)) }

    /// Bytes of the models that are always there.
    private func pinned(besides model: Model) -> Int {
        models.filter { $0.isPinned && $0.name != model.name && $0.mayLoad }.reduce(0) { $0 + $1.leastNeed }
    }

    /// Bytes that a model counts with: no more than it can have.
    private func cost(_ model: Model) -> Int {
        guard let budget, !model.isPinned else { return model.isPinned ? model.leastNeed : model.need }
        return max(model.leastNeed, min(model.need, budget - pinned(besides: model)))
    }

    /// Idle engines that are too many, now that it is known what they use.
    private func surplus(_ used: Int) -> [String] {
        let stopping = models.filter { $0.phase == .stopping }.reduce(0) { $0 + cost($1) }
        var rest = used - stopping
        var chosen: [String] = []
        let idle = models.filter { $0.phase == .ready && !$0.isPinned && $0.active == 0 && $0.waitingSince == nil }
        for candidate in idle.sorted(by: { $0.idleSince < $1.idleSince }) {
            if fits(0, rest) { break }
            chosen.append(candidate.name)
            rest -= cost(candidate)
        }
        return chosen
    }

    /// The engines that give way for a model: enough of them, or none yet.
    private func victims(for model: Model, used: Int, since: Double, _ look: inout NextLook) -> [String] {
        let isImpatient = now - since >= patience
        var rest = used - models.filter { $0.phase == .stopping }.reduce(0) { $0 + cost($1) }
        if fits(cost(model), rest) { return [] }
        var chosen: [String] = []
        var first: Double?
        let candidates = models.filter {
            $0.phase == .ready && !$0.isPinned && !($0.isFresh && $0.waitingSince != nil)
        }
        for candidate in candidates.sorted(by: isSoonerVictim) {
            let isBusy = candidate.active > 0 || candidate.waitingSince != nil
            let due =
                isBusy
                ? since + patience : min(since + patience, candidate.idleSince + linger(candidate, before: model))
            guard isImpatient || due <= now else {
                first = min(first ?? due, due)
                continue
            }
            chosen.append(candidate.name)
            rest -= cost(candidate)
            if fits(cost(model), rest) { return chosen }
        }
        if let first { look.at(first) }
        return []
    }

    /// How long an idle engine stays although another one is waited for.
    private func linger(_ idle: Model, before model: Model) -> Double {
        guard let gap = idle.usualGap, gap < model.loadSeconds else { return 0 }
        // A little more than usual, and no less than makes a difference.
        return min(max(2 * gap, model.loadSeconds / 4), model.loadSeconds)
    }

    private func isSoonerVictim(_ left: Model, _ right: Model) -> Bool {
        let (busy, other) = (left.active > 0 || left.waitingSince != nil, right.active > 0 || right.waitingSince != nil)
        return busy != other ? other : left.idleSince < right.idleSince
    }

    /// The earliest of several times.
    private struct NextLook {
        let now: Double
        var time: Double?

        mutating func at(_ next: Double) { time = min(time ?? next, max(next, now)) }
    }
}
