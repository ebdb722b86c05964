import LocalCodeCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// One run of `serve`.
struct ServeRun {
    let invocation: Invocation
    private let host: String
    private let repairs: ToolRepairs
    let directories: Directories

    init(_ invocation: Invocation) throws {
        self.invocation = invocation
        host = invocation["host"] ?? "127.0.0.1"
        directories = Directories(environment: invocation.context.environment)
        repairs = try Self.repairs(invocation)
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
        let log = log
        defer { log.flush() }
        let store = try openStore()
        let engines = try await findEngines(client, store, log)
        if !engines.isAny, !isGLMConfigured {
            try say(
                "no llama-server was found and no key for GLM is set: GLM will refuse what is asked; see 'localcode help serve'"
            )
        }
        // From here on nothing waits for who reads standard error, and whatever fails, the engines end with us.
        let result: Result<Void, any Error>
        do {
            let proxy = Proxy(settings: settings, backends: try backends(engines, client), log: log)
            result = .success(try await serve(proxy, until: interrupts))
        } catch {
            result = .failure(error)
        }
        await save(engines, log, until: interrupts)
        await engines.fleet?.stop()
        await engines.attached?.slots?.close()
        try result.get()
    }

    private func serve(_ proxy: Proxy, until interrupts: Interrupts) async throws {
        let server = try await listen(proxy)
        await proxy.backends.fleet?.start()
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

    /// Saves what the slots hold; a further interrupt leaves it.
    private func save(_ engines: ServeEngines, _ log: RequestLog, until interrupts: Interrupts) async {
        await withTaskGroup { tasks in
            tasks.addTask {
                await engines.fleet?.close()
                await engines.fleet?.saveAll()
                await engines.attached?.slots?.saveAll()
            }
            tasks.addTask {
                await interrupts.next()
                if !Task.isCancelled { log.say("localcode: KV states are left unsaved") }
            }
            await tasks.next()
            tasks.cancelAll()
        }
    }

    // MARK: What it serves

    private var isGLMConfigured: Bool {
        invocation["glm-key"] != nil || invocation["glm-url"] != Option.glmURL.fallback
    }

    private func backends(_ engines: ServeEngines, _ client: HTTPClient) throws -> Backends {
        let answers = engines.isAny && invocation.isOn("cache") ? try openAnswers() : nil
        let url = invocation["glm-url"] ?? ""
        let key = invocation["glm-key"]
        return Backends(
            fleet: engines.fleet, models: engines.models, attached: engines.attached, answers: answers,
            glm: GLMBackend(baseURL: url, key: key, client: client), isGLMConfigured: isGLMConfigured,
            images: ImageFetcher(client: client, policy: imagePolicy), defaultModel: defaultModel(engines),
            anyModel: engines.anyModel, routes: routes)
    }

    /// What is known for routing, with what was spent today.
    private var routes: RouteDesk {
        RouteDesk(invocation.routing, spending: SpendingBook(directory: directories.state))
    }

    /// The model of requests that name none: what the user says, else the first that is configured.
    private func defaultModel(_ engines: ServeEngines) -> String {
        let setting = invocation["model"] ?? "glm-4.7"
        guard invocation.source(of: "model") == .fallback, !invocation.models.isEmpty else { return setting }
        return engines.models.first { $0.mode == .chat }?.name ?? setting
    }

    private var settings: Proxy.Settings {
        Proxy.Settings(
            apiKey: invocation["api-key"], allowedOrigins: invocation.all("allow-origin"),
            keepAlive: invocation.duration("keep-alive") ?? .seconds(10), images: imagePolicy,
            repairs: repairs)
    }

    private static func repairs(_ invocation: Invocation) throws -> ToolRepairs {
        do throws(ToolRepairsProblem) {
            return try ToolRepairs(parsing: invocation["repairs"] ?? "all")
        } catch {
            throw UsageError("--repairs: \(error)", hint: error.hint)
        }
    }

    private var imagePolicy: ImagePolicy {
        let fallback = ImagePolicy()
        return ImagePolicy(
            urls: invocation["image-urls"].flatMap(ImagePolicy.URLs.init(rawValue:)) ?? fallback.urls,
            limit: invocation.bytes("image-limit") ?? fallback.limit)
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

    func say(_ line: String) throws { try invocation.context.error.write("localcode: \(line)\n") }

    private static func isLoopback(_ host: String) -> Bool {
        host == "localhost" || host == "::1"
            || (host.hasPrefix("127.") && host.split(separator: ".").allSatisfy { UInt8($0) != nil })
    }
}
