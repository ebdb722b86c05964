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
    let directories: Directories

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
        let log = log
        defer { log.flush() }
        let store = try openStore()
        guard let (engine, managed, slots) = try await findEngine(client, store, log, until: interrupts) else { return }
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
            let proxy = Proxy(settings: settings, backends: try backends(engine, slots, client), log: log)
            result = .success(try await serve(proxy, until: interrupts))
        } catch {
            result = .failure(error)
        }
        watcher?.cancel()
        if let slots { await save(slots, log, until: interrupts) }
        await managed?.stop()
        await slots?.close()
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

    /// Saves what the slots hold; a further interrupt leaves it.
    private func save(_ slots: SlotPool, _ log: RequestLog, until interrupts: Interrupts) async {
        await withTaskGroup { tasks in
            tasks.addTask { await slots.saveAll() }
            tasks.addTask {
                await interrupts.next()
                if !Task.isCancelled { log.say("localcode: KV states are left unsaved") }
            }
            await tasks.next()
            tasks.cancelAll()
        }
    }

    // MARK: What it serves

    private typealias Found = (engine: LlamaServer?, managed: ManagedEngine?, slots: SlotPool?)

    /// As below, unless an interrupt comes first: loading a model can take minutes. Nil then.
    private func findEngine(
        _ client: HTTPClient, _ store: StateStore?, _ log: RequestLog, until interrupts: Interrupts
    ) async throws -> Found? {
        try await withThrowingTaskGroup(of: Found?.self) { tasks in
            tasks.addTask { try await findEngine(client, store, log) }
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
    private func findEngine(_ client: HTTPClient, _ store: StateStore?, _ log: RequestLog) async throws -> Found {
        let key = invocation["engine-key"]
        if let url = invocation["engine"] {
            let engine = LlamaServer(.init(url: url, apiKey: key), client: client)
            if let problem = await engine.problem() {
                try say("warning: \(problem); requests will fail until that changes")
            }
            return (engine, nil, try attach(engine, store, log))
        }
        guard invocation.isOn("auto-engine") else { return (nil, nil, nil) }
        let local = LlamaServer(.init(url: "http://127.0.0.1:8080", apiKey: key), client: client)
        if await local.isLlamaServer() {
            try say("using the llama-server at \(local.address.name)")
            return (local, nil, try attach(local, store, log))
        }
        return try await startEngine(client, store, log)
    }

    private func attach(_ engine: LlamaServer, _ store: StateStore?, _ log: RequestLog) throws -> SlotPool? {
        guard let store, let exchange = try exchange(store, for: engine) else { return nil }
        return pool(engine, .attached(id: invocation["engine-id"]), store, exchange, log: log)
    }

    /// The engine and the model of the set-up, if they are there.
    private func startEngine(_ client: HTTPClient, _ store: StateStore?, _ log: RequestLog) async throws -> Found {
        var plan = ManagedEngine.Plan(
            executable: directories.data + "/engine/llama-server",
            model: Directories.resolved(directories.data + "/models/default.gguf"),
            logFile: engineLog)
        guard Directories.isFile(plan.executable), Directories.isFile(plan.model) else { return (nil, nil, nil) }
        try Directories.make(directories.state)
        let exchange = try? store?.exchange()
        plan.slotDirectory = exchange?.directory
        try say("starting \(plan.executable)")
        do {
            let managed = try await ManagedEngine.start(plan, client: client)
            guard let store, let exchange else { return (managed.server, managed, nil) }
            let source = EngineIdentity.Source.managed(
                executable: plan.executableIdentity, arguments: plan.stateArguments)
            return (managed.server, managed, pool(managed.server, source, store, exchange, log: log))
        } catch let failure as ManagedEngine.StartFailure {
            throw Failure(failure.description, hint: "run the set-up again, or serve without it: --no-auto-engine")
        }
    }

    private var isGLMConfigured: Bool {
        invocation["glm-key"] != nil || invocation["glm-url"] != Option.glmURL.fallback
    }

    private var engineLog: String { directories.state + "/engine.log" }

    private func backends(_ engine: LlamaServer?, _ slots: SlotPool?, _ client: HTTPClient) throws -> Backends {
        let answers = slots == nil ? nil : try openAnswers()
        let url = invocation["glm-url"] ?? ""
        let key = invocation["glm-key"]
        return Backends(
            engine: engine, slots: slots, answers: answers, glm: GLMBackend(baseURL: url, key: key, client: client),
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

    func say(_ line: String) throws { try invocation.context.error.write("localcode: \(line)\n") }

    private static func isLoopback(_ host: String) -> Bool {
        host == "localhost" || host == "::1"
            || (host.hasPrefix("127.") && host.split(separator: ".").allSatisfy { UInt8($0) != nil })
    }
}
