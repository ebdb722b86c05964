import LocalCodeCore

/// Where chat requests go, and with which key.
struct ChatEndpoint: Sendable, Equatable {
    /// The base URL with its version, without a slash at the end: `http://127.0.0.1:4242/v1`.
    let base: String
    /// Sent as a bearer token.
    let key: String?
    /// Whether the user named this place; else it is where `localcode serve` listens.
    let isNamed: Bool

    /// A server that the user named by its base URL, with or without `/v1`, or by the whole URL of its chat endpoint.
    init(url: String, apiKey: String?, glmKey: String?) {
        base = Self.base(of: url)
        key = Self.usable(Self.isGLM(url) ? glmKey ?? apiKey : apiKey)
        isNamed = true
    }

    /// The proxy of this machine.
    init(host: String, port: Int, apiKey: String?) {
        // An address that means "all of mine" to a listener means nothing to a client.
        let name = ["0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"][host] ?? host
        base = "http://\(name.contains(":") ? "[\(name)]" : name):\(port)/v1"
        key = Self.usable(apiKey)
        isNamed = false
    }

    /// The URL of the chat endpoint.
    var completions: String { base + "/chat/completions" }

    /// The URL of the list of models.
    var models: String { base + "/models" }

    /// Whether this is the GLM API itself and not a proxy in front of it.
    var isGLM: Bool { Self.isGLM(base) }

    /// Fields of every request.
    var headers: HTTPHeaders {
        var headers: HTTPHeaders = [
            "Content-Type": "application/json", "User-Agent": "localcode/\(Version.number)",
        ]
        if let key { headers.add("Authorization", "Bearer \(key)") }
        // Without it, the GLM API explains its errors in Chinese.
        if isGLM { headers.add("Accept-Language", "en-US,en") }
        return headers
    }

    private static func usable(_ key: String?) -> String? {
        guard let key = key?.split(whereSeparator: \.isWhitespace).first else { return nil }
        return String(key)
    }

    private static func base(of url: String) -> String {
        var base = url.prefix { $0 != "?" && $0 != "#" }
        while base.hasSuffix("/") { base.removeLast() }
        if base.hasSuffix("/chat/completions") { base.removeLast("/chat/completions".count) }
        let path = base.firstRange(of: "://").map { base[$0.upperBound...].drop { $0 != "/" } } ?? ""
        return path.split(separator: "/").contains(where: isVersion) ? String(base) : base + "/v1"
    }

    /// `v1`, `v4`, `v1beta`.
    private static func isVersion(_ component: Substring) -> Bool {
        component.first == "v" && component.dropFirst().first?.isNumber == true
    }

    private static func isGLM(_ url: String) -> Bool {
        guard let start = url.firstRange(of: "://")?.upperBound else { return false }
        let authority = url[start...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let host = (authority.split(separator: "@").last ?? "").prefix { $0 != ":" }.lowercased()
        return ["z.ai", "bigmodel.cn"].contains { host == $0 || host.hasSuffix(".\($0)") }
    }
}
