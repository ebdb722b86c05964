/// A request that the upstream did not serve: how it looks to the client, and whether it is worth another try.
public struct UpstreamFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// What to do about it before the first byte has gone to the client.
    public enum Retry: Sendable, Equatable {
        /// Nothing: it would fail again.
        case no
        /// Try again, first after about `base`, then after twice as long each time, never longer than `cap`.
        case after(base: Duration, cap: Duration)
        /// Try again once.
        case once
    }

    /// The status for the client.
    public var httpStatus: Int
    /// OpenAI's `error.type`.
    public var type: String
    /// OpenAI's `error.code`.
    public var code: String
    /// For the user: what happened, in the upstream's words, and what to do where that is known.
    public var message: String
    /// Whether to try again.
    public var retry: Retry
    /// The upstream's own code, for the `x-localcode-upstream-code` header.
    public var upstreamCode: String?
    /// How long the upstream asks to wait.
    public var retryAfter: Duration?

    public init(
        httpStatus: Int, type: String, code: String, message: String, retry: Retry = .no, upstreamCode: String? = nil,
        retryAfter: Duration? = nil
    ) {
        self.httpStatus = httpStatus
        self.type = type
        self.code = code
        self.message = message
        self.retry = retry
        self.upstreamCode = upstreamCode
        self.retryAfter = retryAfter
    }

    public var description: String { message }

    /// The header fields that go with it. `x-should-retry` is read by OpenAI's SDKs and by OpenCode.
    public var headers: HTTPHeaders {
        var headers: HTTPHeaders = ["x-should-retry": retry == .no ? "false" : "true"]
        if let upstreamCode { headers["x-localcode-upstream-code"] = upstreamCode }
        if let retryAfter, retry != .no { headers["retry-after"] = String(retryAfter.components.seconds) }
        return headers
    }
}
