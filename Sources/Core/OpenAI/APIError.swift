/// An error as an OpenAI client reads it: `{"error":{"message","type","param","code"}}` with an HTTP status
/// (https://platform.openai.com/docs/guides/error-codes).
public struct APIError: Error, Sendable, Equatable {
    /// The code of a prompt that does not fit.
    public static let contextLengthExceeded = "context_length_exceeded"

    /// The HTTP status.
    public var status: Int
    /// What is wrong, where, and what to do.
    public var message: String
    /// `invalid_request_error`, `authentication_error`, `not_found_error`, `server_error`, …
    public var type: String
    /// The field that is at fault, `messages[2].role`.
    public var param: String?
    /// A word for programs: `context_length_exceeded`.
    public var code: String?
    /// Fields for the answer's head, such as Retry-After.
    public var headers: HTTPHeaders

    /// - Parameter type: by default what goes with the status.
    public init(
        status: Int, message: String, type: String? = nil, param: String? = nil, code: String? = nil,
        headers: HTTPHeaders = [:]
    ) {
        self.status = status
        self.message = message
        self.type = type ?? Self.type(of: status)
        self.param = param
        self.code = code
        self.headers = headers
    }

    /// A 400 for a field of the body.
    public static func invalid(_ param: String, _ message: String) -> APIError {
        APIError(status: 400, message: message, param: param)
    }

    /// The error object, as the body of an answer or the data of a stream's event.
    public var body: [UInt8] {
        func text(_ value: String?) -> [UInt8] { value.map(JSONText.quoted) ?? Array("null".utf8) }
        var bytes = Array(#"{"error":{"message":"#.utf8)
        bytes += JSONText.quoted(message)
        bytes += Array(#","type":"#.utf8) + JSONText.quoted(type)
        bytes += Array(#","param":"#.utf8) + text(param)
        bytes += Array(#","code":"#.utf8) + text(code)
        bytes += Array("}}".utf8)
        return bytes
    }

    private static func type(of status: Int) -> String {
        switch status {
        case 401: "authentication_error"
        case 403: "permission_error"
        case 404: "not_found_error"
        case 429: "rate_limit_error"
        case 500...: "server_error"
        default: "invalid_request_error"
        }
    }
}
