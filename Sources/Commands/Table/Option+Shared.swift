/// Rows that several commands share, so that one name means one thing everywhere.
extension Option {
    /// The default model.
    public static let model = Option(
        "model", "m", value: "NAME", fallback: "glm-4.7", isSetting: true,
        help: "model for requests that name none",
        details: """
            Names that start with glm- go to the GLM API when a key or a GLM URL is configured, names that the engine \
            reports go to the engine.
            """)

    /// A running llama-server.
    public static let engine = Option(
        "engine", "e", value: "URL", isSetting: true, kind: .url, completion: .host,
        help: "attach to the llama-server at this URL",
        details: """
            Without it, a llama-server on http://127.0.0.1:8080 is used when one answers there, and otherwise the engine \
            that was set up with LocalCode.
            """)

    /// Where the GLM API is.
    public static let glmURL = Option(
        "glm-url", value: "URL", fallback: "https://api.z.ai/api/coding/paas/v4", isSetting: true, kind: .url,
        completion: .host, help: "base URL of the GLM API")

    /// The key of the GLM API.
    public static let glmKey = Option(
        "glm-key", value: "KEY", isSetting: true, environment: "ZAI_API_KEY", isSecret: true,
        help: "key of the GLM API",
        details: "Prefer the environment: other users of the machine can read the command line.")

    /// Where the proxy listens.
    public static let host = Option(
        "host", value: "ADDRESS", fallback: "127.0.0.1", isSetting: true, completion: .host,
        help: "address of the proxy",
        details: "An address other than loopback needs an API key.")

    /// Where the proxy listens.
    public static let port = Option(
        "port", "p", value: "PORT", fallback: "4242", isSetting: true, kind: .integer(0...65535),
        help: "port of the proxy; 0 lets the system choose")

    /// What clients of the proxy must send.
    public static let apiKey = Option(
        "api-key", value: "KEY", isSetting: true, isSecret: true,
        help: "key that clients of the proxy must send",
        details: "Prefer the environment: other users of the machine can read the command line.")
}
