extension Fleet {
    static let closing = APIError(status: 503, message: "LocalCode is stopping", code: "stopping")

    static func unknown(_ model: String) -> APIError {
        APIError(
            status: 404, message: "there is no model '\(model)' here; GET /v1/models lists them", param: "model",
            code: "model_not_found")
    }

    static func unavailable(_ model: String, _ reason: String) -> APIError {
        APIError(status: 503, message: "the model '\(model)' cannot be loaded: \(reason)", code: "model_unavailable")
    }

    static func full(_ model: String, _ limit: Int) -> APIError {
        APIError(
            status: 503, message: "\(limit) requests are waiting for '\(model)' already", code: "queue_full",
            headers: ["Retry-After": "5"])
    }

    static func tooLarge(_ model: String, need: Int, budget: Int) -> APIError {
        APIError(
            status: 503,
            message: "the model '\(model)' needs \(megabytes(need)), and the memory budget, less what is pinned, does "
                + "not have it: raise memory-budget (\(megabytes(budget))), or give it less context",
            code: "model_too_large")
    }

    /// `1.2 GB`, or megabytes below one of these.
    static func megabytes(_ bytes: Int) -> String {
        let megabytes = Double(bytes) / 1e6
        return megabytes < 1000
            ? "\(CacheReceipt.decimal(megabytes, 1)) MB" : "\(CacheReceipt.decimal(megabytes / 1000, 1)) GB"
    }

    /// What a request waits for, for the comment of a stream: `loading coder, 4 s of about 12`.
    func waitingText(_ model: String) -> String? {
        guard let at = hosted.first(where: { $0.entry.isCalled(model) }), at.phase != .ready || !at.waiters.isEmpty
        else { return nil }
        let now = SystemTime.monotonic()
        let name = at.entry.name
        switch at.phase {
        case .loading:
            let usual = at.loadSeconds > 0 ? " of about \(max(1, Int(at.loadSeconds.rounded(.up))))" : ""
            return "loading \(name), \(Int(now - at.since)) s\(usual)"
        case .stopping: return "\(name) is being unloaded, to be loaded again"
        case .unloaded:
            if at.notBefore > now { return "\(name) is started again in \(Int((at.notBefore - now).rounded(.up))) s" }
            let others = hosted.filter { $0.phase != .unloaded }.map(\.entry.name).joined(separator: ", ")
            return "waiting for memory for \(name), which \(others) \(others.contains(",") ? "have" : "has")"
        case .ready: return at.isStale ? "\(name) is about to be started anew" : "\(name) gives way to another model"
        }
    }
}
