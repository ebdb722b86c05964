/// Whether somebody else may answer what one upstream did not, as long as the client has got nothing of an answer.
public enum Fallback {
    /// Whether the next one is asked after an error. docs/routing.md has this as a table.
    ///
    /// - Yes, when the fault is the upstream's: it cannot be reached, is silent, breaks off or has ended, too many wait for it,
    ///   or it fails by itself (404, 408, 500 and above).
    /// - Yes, when it is LocalCode's, and not the client's: rate limit, quota and balance (429), key and permission (401,
    ///   403).
    /// - Yes, when it is the model's: it cannot be loaded, is not there, is not known, or is there for something else.
    /// - Yes, when the prompt is too long: but only one with more room is asked.
    /// - No, when the request is wrong (400, 413, 422, …) or its content was refused: nobody else should be bothered with it.
    /// - No, when it must not leave the machine, and when LocalCode is stopping.
    public static func isWorthTrying(after error: APIError) -> Bool {
        if let code = error.code, let answer = byCode[code] { return answer }
        return switch error.status {
        case 401, 403, 404, 408, 429, 500...: true
        default: false
        }
    }

    /// Where the code says more than the status.
    private static let byCode: [String: Bool] = [
        APIError.contextLengthExceeded: true, "model_unusable": true, "model_too_large": true, "model_not_found": true,
        "wrong_mode": true, "unsupported_endpoint": true, "stopping": false,
    ]
}
