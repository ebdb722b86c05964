extension Fleet {
    static let closing = APIError(status: 503, message: "LocalCode is stopping", code: "stopping")

    static func unknown(_ model: String) -> APIError {
        APIError(
            status: 404, message: "there is no model '\(model)' here; GET /v1/models lists them", param: "model",
            code: "model_not_found")
    }

    /// Nobody but the user can help: no client should try again.
    static func unusable(_ model: String, _ problem: String) -> APIError {
        APIError(
            status: 400, message: "the model '\(model)' cannot be loaded: \(problem)", param: "model",
            code: "model_unusable")
    }

    static func unavailable(_ model: String, _ reason: String, until: Double) -> APIError {
        let seconds = max(1, Int((until - SystemTime.monotonic()).rounded(.up)))
        return APIError(
            status: 503, message: "the model '\(model)' is not there at the moment: \(reason)",
            code: "model_unavailable", headers: ["Retry-After": String(seconds)])
    }

    static func full(_ model: String, _ limit: Int) -> APIError {
        APIError(
            status: 503, message: "\(limit) requests are waiting for '\(model)' already", code: "queue_full",
            headers: ["Retry-After": "5"])
    }

    func tooLarge(_ at: Hosted) -> APIError {
        let others = hosted.filter { $0.entry.isPinned && $0.entry.name != at.entry.name }
        let pinned = others.reduce(0) { $0 + leastNeed($1) }
        let need = ByteCount(bytes: leastNeed(at))
        return APIError(
            status: 400,
            message: "the model '\(at.entry.name)' needs \(need); memory-budget is "
                + "\(ByteCount(bytes: settings.budget ?? 0))"
                + (pinned > 0 ? ", of which pinned models need \(ByteCount(bytes: pinned))" : "")
                + ": raise it, or give the model less context",
            param: "model", code: "model_too_large")
    }

    /// The lines of an engine's last words that say most: up to three.
    static func tellingLines(_ lines: [String]) -> [String] {
        let marks = [" E ", "error", "failed", "GGML_ASSERT", "abort", "invalid", "unable"]
        let telling = lines.filter { line in marks.contains { line.contains($0) } }
        return (telling.isEmpty ? lines : telling).suffix(3).map { String($0.prefix(300)) }
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
