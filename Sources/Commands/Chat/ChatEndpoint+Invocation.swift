extension ChatEndpoint {
    /// Where to ask. Keys go only where they were meant to go: a key of the configuration file is the local proxy's.
    init(_ invocation: Invocation) {
        guard let url = invocation["url"] else {
            self.init(
                host: invocation["host"] ?? "127.0.0.1", port: invocation.integer("port") ?? 4242,
                apiKey: invocation["api-key"])
            return
        }
        switch invocation.source(of: "api-key") {
        case .flag?: self.init(url: url, apiKey: invocation["api-key"], glmKey: invocation["api-key"])
        case .environment?: self.init(url: url, apiKey: invocation["api-key"], glmKey: invocation["glm-key"])
        case .file?, .fallback?, nil: self.init(url: url, apiKey: nil, glmKey: invocation["glm-key"])
        }
    }

    /// Which model to ask there. But for the GLM API, a server has a default model of its own, and 'serve' may be run with other
    /// settings than these.
    func model(_ invocation: Invocation) -> String? {
        !isGLM && invocation.source(of: "model") == .fallback ? nil : invocation["model"]
    }
}
