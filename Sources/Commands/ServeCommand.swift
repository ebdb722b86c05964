import LocalCodeCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension Command {
    /// `localcode serve`
    public static let serve = Command(
        name: "serve", summary: "Run the OpenAI-compatible proxy",
        details: """
            Serves the OpenAI API in front of a llama-server and of the GLM API, until it is stopped with Ctrl-C or SIGTERM. \
            Requests that are running then get ten seconds to finish, or what --grace says.

            A request goes to the engine when it names one of the engine's models, to GLM when it names a glm- model and a key \
            or a URL for GLM is set, and otherwise to the engine if there is one.
            """,
        options: [
            .host, .port, .model, .engine, engineKey, autoEngine, .glmURL, .glmKey, .apiKey, allowOrigin,
            cacheDirectory,
            logFormat, logContent, keepAlive, bodyLimit, grace,
        ],
        examples: [
            Example(
                "localcode serve", "serve what is there: the llama-server on port 8080, the engine of the set-up, GLM"),
            Example("localcode serve --engine http://10.0.0.7:8080", "serve a llama-server on another machine"),
            Example("ZAI_API_KEY=… localcode serve", "serve GLM-4.7"),
        ]
    ) { invocation in
        try await Server(invocation).run()
    }

    private static let engineKey = Option(
        "engine-key", value: "KEY", isSetting: true, isSecret: true, help: "API key of the llama-server")

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

    private static let cacheDirectory = Option(
        "cache-dir", value: "DIR", isSetting: true, completion: .directory,
        help: "where LocalCode keeps what it can make again",
        details: "Without it, ${XDG_CACHE_HOME:-~/.cache}/localcode.")

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

/// One run of `serve`.
private struct Server {
    private let invocation: Invocation
    private let host: String
    private let directories: Directories

    init(_ invocation: Invocation) throws {
        self.invocation = invocation
        host = invocation["host"] ?? "127.0.0.1"
        directories = Directories(environment: invocation.context.environment)
        if let keepAlive = invocation.duration("keep-alive"), keepAlive <= .zero {
            throw Failure(
                "--keep-alive 0 would send comments without a pause",
                hint: "for none at all, name a time that is longer than any silence: 24h")
        }
        if invocation["api-key"] == nil, !Self.isLoopback(host) {
            throw Failure(
                "refusing to listen on \(host) without an API key: everyone who reaches that address could use your models",
                hint: "set --api-key, or listen on 127.0.0.1")
        }
    }

    func run() async throws {
        let interrupts = try Interrupts()
        allowManyDescriptors()
        // A file in the working directory counts, and it can name servers that a key is then sent to.
        if let file = invocation.configurationFile { try say("settings from \(file)") }
        let client = try HTTPClient(HTTPClient.Configuration(environment: invocation.context.environment))
        guard let (engine, managed) = try await findEngine(client, until: interrupts) else { return }
        let log = log
        defer { log.flush() }
        if engine == nil, !isGLMConfigured {
            try say(
                "no llama-server was found and no key for GLM is set: GLM will refuse what is asked; see 'localcode help serve'"
            )
        }
        // From here on nothing waits for who reads standard error, and whatever fails, an engine of ours ends with us.
        let watcher = managed.map { managed in
            Task {
                let reason = await managed.ending()
                if !Task.isCancelled { log.say("localcode: the engine is gone: \(reason); see \(engineLog)") }
            }
        }
        let result: Result<Void, any Error>
        do {
            let proxy = Proxy(settings: settings, backends: backends(engine, client), log: log)
            result = .success(try await serve(proxy, until: interrupts))
        } catch {
            result = .failure(error)
        }
        watcher?.cancel()
        await managed?.stop()
        try result.get()
    }

    private func serve(_ proxy: Proxy, until interrupts: Interrupts) async throws {
        let server = try await listen(proxy)
        try say("listening on http://\(host.contains(":") ? "[\(host)]" : host):\(server.port)")
        await interrupts.next()
        proxy.log.say("localcode: stopping; press Ctrl-C again to stop at once")
        await withTaskGroup { tasks in
            let grace = invocation.duration("grace") ?? .seconds(10)
            tasks.addTask { await server.shutdown(grace: grace) }
            tasks.addTask {
                await interrupts.next()
                if !Task.isCancelled { await server.shutdown(grace: .zero) }
            }
            await tasks.next()
            tasks.cancelAll()
        }
    }

    // MARK: What it serves

    private typealias Found = (engine: LlamaServer?, managed: ManagedEngine?)

    /// As below, unless an interrupt comes first: loading a model can take minutes. Nil then.
    private func findEngine(_ client: HTTPClient, until interrupts: Interrupts) async throws -> Found? {
        try await withThrowingTaskGroup(of: Found?.self) { tasks in
            tasks.addTask { try await findEngine(client) }
            tasks.addTask {
                await interrupts.next()
                return nil
            }
            guard let first = try await tasks.next() else { return nil }
            tasks.cancelAll()
            guard first == nil else { return first }
            // It may have been ready in the same moment.
            while let late = await tasks.nextResult() { await (try? late.get())??.managed?.stop() }
            return nil
        }
    }

    /// The engine that was named, the one that is running, the one we can start, or none.
    private func findEngine(_ client: HTTPClient) async throws -> Found {
        let key = invocation["engine-key"]
        if let url = invocation["engine"] {
            let engine = LlamaServer(.init(url: url, apiKey: key), client: client)
            if let problem = await engine.problem() {
                try say("warning: \(problem); requests will fail until that changes")
            }
            return (engine, nil)
        }
        guard invocation.isOn("auto-engine") else { return (nil, nil) }
        let local = LlamaServer(.init(url: "http://127.0.0.1:8080", apiKey: key), client: client)
        if await local.isLlamaServer() {
            try say("using the llama-server at \(local.address.name)")
            return (local, nil)
        }
        let plan = ManagedEngine.Plan(
            executable: directories.data + "/engine/llama-server",
            model: Directories.resolved(directories.data + "/models/default.gguf"),
            logFile: engineLog)
        guard Directories.isFile(plan.executable), Directories.isFile(plan.model) else { return (nil, nil) }
        try Directories.make(directories.state)
        try say("starting \(plan.executable)")
        do {
            let managed = try await ManagedEngine.start(plan, client: client)
            return (managed.server, managed)
        } catch let failure as ManagedEngine.StartFailure {
            throw Failure(failure.description, hint: "run the set-up again, or serve without it: --no-auto-engine")
        }
    }

    private var isGLMConfigured: Bool {
        invocation["glm-key"] != nil || invocation["glm-url"] != Option.glmURL.fallback
    }

    private var engineLog: String { directories.state + "/engine.log" }

    private func backends(_ engine: LlamaServer?, _ client: HTTPClient) -> Backends {
        let url = invocation["glm-url"] ?? ""
        let key = invocation["glm-key"]
        return Backends(
            engine: engine, glm: GLMBackend(baseURL: url, key: key, client: client),
            isGLMConfigured: isGLMConfigured, defaultModel: invocation["model"] ?? "glm-4.7"
        )
    }

    private var settings: Proxy.Settings {
        Proxy.Settings(
            apiKey: invocation["api-key"], allowedOrigins: invocation.all("allow-origin"),
            keepAlive: invocation.duration("keep-alive") ?? .seconds(10))
    }

    private var log: RequestLog {
        let format = invocation["log-format"].flatMap(LogFormat.init(rawValue:)) ?? .pretty
        let content = invocation["log-content"].flatMap(LogContent.init(rawValue:)) ?? .preview
        return RequestLog(
            LogRenderer(format: format, content: content, hasColor: invocation.context.error.hasColor),
            writer: LogWriter())
    }

    private func listen(_ proxy: Proxy) async throws -> HTTPServer {
        let port = invocation.integer("port") ?? 4242
        var configuration = HTTPServer.Configuration(host: host, port: port)
        configuration.bodyLimit = invocation.bytes("body-limit") ?? configuration.bodyLimit
        do {
            return try await HTTPServer.start(configuration) { await proxy.handle($0, $1) }
        } catch {
            throw Failure(
                "cannot listen on \(host):\(port): \(error)",
                hint: "is another localcode running? choose another port with --port, or 0 for any")
        }
    }

    /// A connection takes a descriptor here and one towards the upstream; the usual soft limit is less than that.
    private func allowManyDescriptors() {
        var limit = rlimit()
        #if canImport(Glibc)
            let descriptors = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #else
            let descriptors = RLIMIT_NOFILE
        #endif
        guard getrlimit(descriptors, &limit) == 0, limit.rlim_cur < 4096 else { return }
        limit.rlim_cur = min(limit.rlim_max, 4096)
        setrlimit(descriptors, &limit)
    }

    private func say(_ line: String) throws { try invocation.context.error.write("localcode: \(line)\n") }

    private static func isLoopback(_ host: String) -> Bool {
        host == "localhost" || host == "::1"
            || (host.hasPrefix("127.") && host.split(separator: ".").allSatisfy { UInt8($0) != nil })
    }
}
