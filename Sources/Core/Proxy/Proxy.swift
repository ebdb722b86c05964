/// The proxy: takes a request, finds its endpoint, and makes sure that it is answered and logged.
public struct Proxy: Sendable {
    /// What a user can set.
    public struct Settings: Sendable {
        /// The key clients must send; nil lets everyone in.
        public var apiKey: String?
        /// Browser origins that may call, besides those of this machine.
        public var allowedOrigins: [String]
        /// A streaming client gets the head of its answer, and a comment, when the upstream was silent for this long.
        public var keepAlive: Duration
        /// The longest answer that is held as a whole, in bytes.
        public var answerLimit: Int
        /// What is taken of pictures in requests.
        public var images: ImagePolicy
        /// What is mended about tool calls.
        public var repairs: ToolRepairs

        public init(
            apiKey: String? = nil, allowedOrigins: [String] = [], keepAlive: Duration = .seconds(10),
            answerLimit: Int = 64 << 20, images: ImagePolicy = ImagePolicy(), repairs: ToolRepairs = .all
        ) {
            self.apiKey = apiKey
            self.allowedOrigins = allowedOrigins
            self.keepAlive = keepAlive
            self.answerLimit = answerLimit
            self.images = images
            self.repairs = repairs
        }
    }

    public let settings: Settings
    public let backends: Backends
    public let log: RequestLog
    /// What requests cost.
    public let metrics: Metrics

    public init(settings: Settings, backends: Backends, log: RequestLog, metrics: Metrics = Metrics()) {
        self.settings = settings
        self.backends = backends
        self.log = log
        self.metrics = metrics
    }

    /// Answers one request.
    public func handle(_ request: HTTPServerRequest, _ responder: HTTPResponder) async {
        let origin = request.headers["origin"]
        let isAllowed = CrossOrigin.isAllowed(origin, extra: settings.allowedOrigins)
        let exchange = Exchange(
            request: request, responder: responder, proxy: self,
            crossOrigin: isAllowed ? CrossOrigin.headers(for: origin) : [:])
        do {
            guard isAllowed else {
                throw APIError(
                    status: 403,
                    message: "the origin '\(origin ?? "")' may not call LocalCode; allow it with --allow-origin")
            }
            let host = request.headers["host"]
            guard settings.apiKey != nil || CrossOrigin.isAllowed(host: host, extra: settings.allowedOrigins) else {
                throw APIError(
                    status: 403,
                    message: "'\(host ?? "")' is not a name of this machine; allow it with --allow-origin, or set a key"
                )
            }
            try await Endpoint.answer(exchange)
        } catch let error as APIError {
            await exchange.fail(error)
        } catch is CancellationError, is ClientGone {
            exchange.note(status: 499, error: "the client closed the connection")
            responder.abort()
        } catch {
            await exchange.fail(APIError(status: 500, message: "\(error)"))
        }
    }
}
