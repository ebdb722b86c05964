/// Work whose content must not leave this machine.
///
/// Who chooses an upstream keeps others out of the choice; this is the last door behind that. While it is shut, `HTTPClient`
/// connects to unix-domain sockets and to loopback addresses, and to nothing else, whoever asks it to.
public enum LocalOnly {
    /// Whether the door is shut, for this task and those that it starts.
    @TaskLocal public static var isOn = false

    /// Runs `body`, with the door shut if `isLocal`.
    public static func run<Value>(
        _ isLocal: Bool, isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Value
    ) async rethrows -> Value {
        guard isLocal else { return try await body() }
        return try await $isOn.withValue(true, operation: body, isolation: isolation)
    }

    /// The request as it may be sent.
    /// - Throws: `HTTPClientError` of the kind `connect` when it would lead out.
    static func checked(_ request: HTTPRequest) throws(HTTPClientError) -> HTTPRequest {
        guard isOn, request.unixSocket == nil else { return request }
        guard CurlRequest.isLoopback(request.url) else {
            throw HTTPClientError(kind: .connect, message: "this request must not leave the machine")
        }
        // A name that looks like this machine's can lead anywhere.
        var request = request
        let others = request.mayConnect
        request.mayConnect = { $0.isLoopback && (others?($0) ?? true) }
        return request
    }
}
