import LocalCodeCore

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

    /// The program that models are started with.
    public static let llamaServer = Option(
        "llama-server", value: "FILE", isSetting: true, completion: .file,
        help: "the llama-server that models are started with",
        details: "Without it, the one of the set-up, or else one on the PATH.")

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

    /// The key of the llama-server.
    public static let engineKey = Option(
        "engine-key", value: "KEY", isSetting: true, isSecret: true, help: "API key of the llama-server")

    /// The attached engine's directory of states.
    public static let slotDirectory = Option(
        "slot-dir", value: "DIR", isSetting: true, completion: .directory,
        help: "the --slot-save-path of an attached llama-server, seen from here",
        details: """
            With it LocalCode checks, moves and limits the files of that server as it does those of its own engine. Without \
            it the server's directory cannot be seen: a bounded number of files there is used over and over.
            """)

    /// What the attached engine is.
    public static let engineID = Option(
        "engine-id", value: "TEXT", isSetting: true,
        help: "stands for what an attached llama-server does not tell about itself",
        details: """
            A server does not tell everything that makes a state readable: which weights, which LoRA adapters, which types \
            of KV values. Give each combination a name of its own, and another one when you change it; then its states \
            outlive its restart. Without a name they are used for the server's current run only.
            """)

    /// Where states and other things are that can be made again.
    public static let cacheDirectory = Option(
        "cache-dir", value: "DIR", isSetting: true, completion: .directory,
        help: "where LocalCode keeps what it can make again",
        details: "Without it, ${XDG_CACHE_HOME:-~/.cache}/localcode.")

    /// How much the states may take.
    public static let cacheSize = Option(
        "cache-size", value: "SIZE", fallback: "20GiB", isSetting: true, kind: .size,
        help: "how much disk space states of the KV cache may take")

    /// How many states are kept.
    public static let cacheEntries = Option(
        "cache-entries", value: "N", fallback: "2000", isSetting: true, kind: .integer(1...1_000_000),
        help: "how many states of the KV cache are kept")

    /// How long unused states are kept.
    public static let cacheTimeToLive = Option(
        "cache-ttl", value: "TIME", fallback: "30d", isSetting: true, kind: .duration,
        help: "how long a state is kept that nobody uses; 0 keeps it for ever")

    /// How much of the disk is left alone.
    public static let cacheFreeDisk = Option(
        "cache-min-free", value: "SIZE", fallback: "2GiB", isSetting: true, kind: .size,
        help: "no state is saved when the disk has less free than this")

    /// Which states go first.
    public static let cachePolicy = Option(
        "cache-policy", value: "NAME", fallback: "lru", isSetting: true,
        choices: EvictionPolicy.allCases.map(\.rawValue), help: "which states go first when the limits are reached",
        details: """
            With lru the one that was used longest ago, with adaptive the one whose bytes are expected to save the least time.
            """)
}
