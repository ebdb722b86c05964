import LocalCodeCore

extension Command {
    /// `localcode serve`
    public static let serve = Command(
        name: "serve", summary: "Run the OpenAI-compatible proxy",
        details: """
            Serves the OpenAI API in front of a llama-server and of the GLM API, until it is stopped with Ctrl-C or SIGTERM. \
            Requests that are running then get ten seconds to finish, or what --grace says.

            Models that localcode.yaml names under `models:` are started when they are asked for and give way to each other \
            when memory does not suffice for all of them. Without any, a llama-server that is running is used, or the engine of \
            the set-up.

            A request goes to the model it names; to GLM when it names a glm- model and a key or a URL for GLM is set; and \
            otherwise to the llama-server that is attached, or the engine of the set-up.
            """,
        options: [
            .host, .port, .model, .llamaServer, memoryBudget, modelTimeToLive, swapPatience, loadTimeout, engineTimeout,
            .engine,
            .engineKey, autoEngine, .glmURL, .glmKey, .apiKey, allowOrigin,
            cache, .slotDirectory, .engineID, saveIdle, .cacheDirectory, .cacheSize, .cacheEntries, .cacheTimeToLive,
            .cacheFreeDisk, .cachePolicy, answerCache,
            imageURLs, imageLimit, repairs, logFormat, logContent, keepAlive, bodyLimit, grace, dryRun, verbose,
        ],
        examples: [
            Example(
                "localcode serve", "serve what is there: the llama-server on port 8080, the engine of the set-up, GLM"),
            Example("localcode serve --engine http://10.0.0.7:8080", "serve a llama-server on another machine"),
            Example("localcode serve --dry-run", "see how the configured models would be started"),
            Example("ZAI_API_KEY=… localcode serve", "serve GLM-4.7"),
        ]
    ) { invocation in
        if invocation.isOn("dry-run") { return try await DryRun(invocation).run() }
        try await ServeRun(invocation).run()
    }

    private static let memoryBudget = Option(
        "memory-budget", value: "SIZE", fallback: "0", isSetting: true, kind: .size,
        help: "memory for all engines together; 0: four fifths of the machine's",
        details: """
            A model counts with the `memory` of its entry, or with what its process was seen to use, or else with an estimate \
            from its files. When another one is asked for, those that were used longest ago are saved and stopped until it fits.
            """)

    private static let modelTimeToLive = Option(
        "model-ttl", value: "TIME", fallback: "0", isSetting: true, kind: .duration,
        help: "stop an engine that was idle for TIME; 0 never does")

    private static let swapPatience = Option(
        "swap-patience", value: "TIME", fallback: "30s", isSetting: true, kind: .duration,
        help: "how long a request waits before a busy engine gives way to its model")

    private static let loadTimeout = Option(
        "load-timeout", value: "TIME", fallback: "5m", isSetting: true, kind: .duration,
        help: "how long an engine may take to load its model, a download included")

    private static let engineTimeout = Option(
        "engine-timeout", value: "TIME", fallback: "30s", isSetting: true, kind: .duration,
        help: "an engine that says nothing for TIME is taken to hang and started anew")

    private static let dryRun = Option(
        "dry-run", help: "print how each configured model would be started, and end")

    private static let verbose = Option("verbose", "v", help: "show what the engines print")

    private static let autoEngine = Option(
        "auto-engine", fallback: "true", isSetting: true,
        help: "look for a llama-server, or start one, when no --engine is given",
        details: "First http://127.0.0.1:8080 is asked; then the engine and the model of the set-up are started.")

    private static let allowOrigin = Option(
        "allow-origin", value: "ORIGIN", repeats: true, isSetting: true,
        help: "let web pages of ORIGIN call, besides those of this machine",
        details: """
            An origin is scheme, host and port: https://chat.example.org. The value * lets every page call. Where no \
            --api-key is set, the host of an origin is also a name that LocalCode may be called by, behind a reverse proxy \
            for example; other names than those of a local machine are refused.
            """)

    private static let cache = Option(
        "cache", fallback: "true", isSetting: true, help: "keep the KV state of conversations",
        details: """
            LocalCode then chooses the engine's slot for each request, saves what a slot holds before another conversation \
            takes it, and restores what it saved. Without it requests go to the engine as they come.
            """)

    private static let saveIdle = Option(
        "save-idle", value: "TIME", fallback: "30s", isSetting: true, kind: .duration,
        help: "save the KV state of a slot that was idle for TIME")

    private static let answerCache = Option(
        "answer-cache", value: "SIZE", fallback: "0", isSetting: true, kind: .size,
        help: "keep whole answers, up to SIZE on the disk; 0 keeps none",
        details: """
            A request with temperature 0 or a seed that comes again byte for byte is then answered from the disk, without \
            asking the engine. Answers are kept for a day.
            """)

    private static let imageURLs = Option(
        "image-urls", value: "WHICH", fallback: "public", isSetting: true,
        choices: ImagePolicy.URLs.allCases.map(\.rawValue),
        help: "which pictures that requests name by URL are fetched for an engine",
        details: """
            public fetches http and https URLs that lead to public addresses, any those of this machine and its network too, \
            and off none. An engine itself never fetches anything.
            """)

    private static let imageLimit = Option(
        "image-limit", value: "SIZE", fallback: "20MiB", isSetting: true, kind: .size,
        help: "largest picture in a request")

    private static let repairs = Option(
        "repairs", value: "LIST", fallback: "all", isSetting: true,
        help: "what is mended about tool calls: all, none, or some by name",
        details: """
            Names with commas: history (calls of earlier turns that an engine cannot read), schema (parts of tools that it \
            refuses), choice (a tool_choice that is an object), raw (the model's own text put back), text (calls that a model \
            writes as text), calls (calls that do not fit the tool), retry (asking once more). With a minus in front: all but \
            these. Each repair is in the log and in the answer's x-localcode-notes.
            """)

    private static let logFormat = Option(
        "log-format", value: "FORMAT", fallback: "pretty", isSetting: true, choices: LogFormat.allCases.map(\.rawValue),
        help: "how the log of requests looks")

    private static let logContent = Option(
        "log-content", value: "HOW", fallback: "preview", isSetting: true, choices: LogContent.allCases.map(\.rawValue),
        help: "how much of messages and answers the log shows")

    private static let keepAlive = Option(
        "keep-alive", value: "TIME", fallback: "10s", isSetting: true, kind: .duration,
        help: "send a comment into a stream that was silent for TIME")

    private static let bodyLimit = Option(
        "body-limit", value: "SIZE", fallback: "64MiB", isSetting: true, kind: .size, help: "longest request body")

    private static let grace = Option(
        "grace", value: "TIME", fallback: "10s", isSetting: true, kind: .duration,
        help: "time that running requests get to finish at the end")
}
