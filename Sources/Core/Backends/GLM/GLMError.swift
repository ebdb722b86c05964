/// Reads what went wrong from whatever the GLM gateway answers.
public enum GLMError {
    /// The failure that an answer is.
    /// - Parameters:
    ///   - status: its HTTP status; the gateway reports some errors with 200.
    ///   - body: its bytes, JSON or not.
    ///   - headers: its fields.
    ///   - hasKey: whether a key is configured; without one, the advice is to set it.
    public static func classify(
        status: Int, body: [UInt8], headers: HTTPHeaders = [:], hasKey: Bool = true
    ) -> UpstreamFailure {
        let said = Said(body: body)
        let wrongPath = said.message.contains("NOT_FOUND")
        let known = wrongPath ? GLMErrorCode(.request, hint: pathHint) : said.code.flatMap(GLMErrorCode.row)
        let row = known ?? byStatus(status, code: said.code)
        let kind = row.kind
        var face = kind.face
        if wrongPath {
            face.status = 404
        } else if kind == .server && status > 500 || known == nil && kind == .request {
            face.status = status
        }

        var hint = row.hint
        if kind == .authentication, !hasKey { hint = "No key is configured: set ZAI_API_KEY." }
        if kind == .quota, let reset = GLMResetTime.first(in: said.message) { hint = "It resets at \(reset)." }
        if kind == .context { hint = "(\(APIError.contextLengthExceeded): the prompt is too long for the model)" }

        // Of a wrong path the gateway says code 500, which no reader should take for a server's fault.
        let label = ["GLM", wrongPath ? nil : said.code].compactMap(\.self).joined(separator: " ")
        let words = said.message.isEmpty ? "HTTP status \(status) without a reason" : said.message
        var message = "\(label): \(words)"
        if let hint { message += (message.last?.isPunctuation == true ? " " : ". ") + hint }
        return UpstreamFailure(
            httpStatus: face.status, type: face.type, code: face.code,
            message: row.retry == .no ? message.withoutRetryWords : message, retry: row.retry, upstreamCode: said.code,
            retryAfter: retryAfter(headers))
    }

    /// The failure of a request that got no answer.
    public static func classify(_ error: HTTPClientError) -> UpstreamFailure {
        let again: UpstreamFailure.Retry
        switch error.kind {
        case .connect, .broken: again = GLMErrorCode.soon
        case .timeout: again = .once
        case .tls, .tooLong, .request, .internal: again = .no
        }
        let (status, code) = error.kind == .timeout ? (504, "upstream_timeout") : (502, "upstream_unreachable")
        return UpstreamFailure(
            httpStatus: status, type: "server_error", code: code, message: "GLM: \(error.message)", retry: again)
    }

    /// A stream or an answer that is not what the API describes.
    static func broken(_ what: String) -> UpstreamFailure {
        UpstreamFailure(
            httpStatus: 502, type: "server_error", code: "upstream_broken", message: "GLM: \(what)",
            retry: GLMErrorCode.soon)
    }

    private static let pathHint = "The base URL ends in /paas/v4, without /v1: see --glm-url."

    /// What a status means where the code says nothing.
    private static func byStatus(_ status: Int, code: String?) -> GLMErrorCode {
        switch status {
        case 401: GLMErrorCode(.authentication, hint: "Check the key: ZAI_API_KEY or --glm-key.")
        case 403: GLMErrorCode(.permission)
        case 404: GLMErrorCode(.request, hint: pathHint)
        case 408: GLMErrorCode(.server, GLMErrorCode.soon)
        // Most codes under 429 are permanent, so one that is new gets a single chance.
        case 429: GLMErrorCode(.rate, code == nil ? GLMErrorCode.soon : .once)
        case 529: GLMErrorCode(.overload, GLMErrorCode.late)
        case 400..<500: GLMErrorCode(.request)
        case 500...: GLMErrorCode(.server, GLMErrorCode.soon)
        // An error that came with a good status, under a code that is new.
        default: GLMErrorCode(.server, .once)
        }
    }

    private static func retryAfter(_ headers: HTTPHeaders) -> Duration? {
        if let text = headers["retry-after-ms"], let milliseconds = Double(text), 0...86_400_000 ~= milliseconds {
            return .milliseconds(milliseconds)
        }
        guard let text = headers["retry-after"], let seconds = Double(text), 0...86_400 ~= seconds else { return nil }
        return .seconds(seconds)
    }
}

/// The code and the words of an error, in the shapes that the gateway has for them.
private struct Said {
    var code: String?
    var message: String

    init(body: [UInt8]) {
        guard let view = try? JSONView(validating: body) else {
            message = Self.plain(body)
            return
        }
        let error = view["error"]
        let holder = error?.kind == .object ? error ?? view : view
        let text = error?.string ?? holder["message"]?.string ?? holder["msg"]?.string ?? holder["detail"]?.string
        message = text ?? (view.kind == .object ? "" : Self.plain(body))
        code = Self.digits(holder["code"]) ?? Self.digits(view["code"])
        // The Anthropic surface: "[1113][Insufficient balance][request id]".
        if code == nil, message.first == "[" {
            let parts = message.split(whereSeparator: { $0 == "[" || $0 == "]" })
            if let first = parts.first, first.allSatisfy(\.isNumber) {
                code = String(first)
                message = parts.dropFirst().first.map(String.init) ?? message
            }
        }
    }

    /// A code; anything else in its place is none (it goes into a header field).
    private static func digits(_ code: JSONView?) -> String? {
        let text = code?.string ?? code?.int.map(String.init) ?? ""
        return 1...8 ~= text.utf8.count && text.utf8.allSatisfy { 0x30...0x39 ~= $0 } ? text : nil
    }

    /// The start of a text for a human; a page of HTML says nothing.
    private static func plain(_ body: [UInt8]) -> String {
        let text = String(decoding: body.prefix(600), as: UTF8.self)
        if text.lowercased().contains("<html") { return "an HTML page instead of an answer" }
        let line = text.split(whereSeparator: { $0.isWhitespace }).joined(separator: " ")
        return String(
            String.UnicodeScalarView(line.unicodeScalars.filter { $0.properties.generalCategory != .control }).prefix(
                200))
    }
}

extension String {
    /// The same to a reader, but without the digits that OpenCode's first version takes for a transient status anywhere in
    /// a message: it would repeat a request that cannot succeed. An invisible word joiner stands between them.
    fileprivate var withoutRetryWords: String {
        var text = self
        for digits in ["429", "500", "502", "503", "504", "524"] where text.contains(digits) {
            text = text.split(separator: digits, omittingEmptySubsequences: false)
                .joined(separator: digits.prefix(1) + "\u{2060}" + digits.dropFirst())
        }
        return text
    }
}
