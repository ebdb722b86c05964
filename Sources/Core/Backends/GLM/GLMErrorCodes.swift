/// What a code of the GLM API means.
struct GLMErrorCode: Sendable {
    /// The kind of trouble, as an OpenAI client is told.
    enum Kind: Sendable, Equatable {
        case authentication, permission, billing, quota, rate, overload, server, request, model, context, content
    }

    let kind: Kind
    let retry: UpstreamFailure.Retry
    /// What the gateway's words leave open.
    let hint: String?

    init(_ kind: Kind, _ retry: UpstreamFailure.Retry = .no, hint: String? = nil) {
        self.kind = kind
        self.retry = retry
        self.hint = hint
    }

    /// The row of a code: the table of docs.bigmodel.cn/cn/api/api-code, and older codes that are still seen.
    ///
    /// Most codes under status 429 are permanent, so a code decides before the status does.
    static func row(_ code: String) -> GLMErrorCode? { table[code] }

    /// Rate limits of one key pass within seconds.
    static let soon = UpstreamFailure.Retry.after(base: .milliseconds(500), cap: .seconds(8))
    /// An overloaded model stays so for half a minute to two.
    static let late = UpstreamFailure.Retry.after(base: .seconds(30), cap: .seconds(120))

    private static let table: [String: GLMErrorCode] = {
        var table: [String: GLMErrorCode] = [:]
        func add(_ codes: [Int], _ row: GLMErrorCode) { for code in codes { table[String(code)] = row } }

        add([500, 1200, 1230, 1234], GLMErrorCode(.server, soon))
        add([1000, 1001, 1002, 1003, 1004, 1005], GLMErrorCode(.authentication, hint: keyHint))
        add(
            [1110, 1111, 1112, 1120, 1121],
            GLMErrorCode(.authentication, hint: "The account itself is locked or inactive."))
        add([1113], GLMErrorCode(.billing, hint: endpointHint))
        add([1210], GLMErrorCode(.request))
        add([1211], GLMErrorCode(.model))
        add([1212, 1213, 1214, 1215, 1221, 1222, 1231, 1233], GLMErrorCode(.request))
        add([1220], GLMErrorCode(.permission))
        add([1261], GLMErrorCode(.context))
        add([1300, 1301], GLMErrorCode(.content))
        add([1302, 1303], GLMErrorCode(.rate, soon))
        add([1304], GLMErrorCode(.quota))
        add([1305, 1312], GLMErrorCode(.overload, late))
        add([1308, 1310, 1316, 1317, 1318, 1319, 1320, 1321], GLMErrorCode(.quota))
        add([1309], GLMErrorCode(.quota, hint: "The plan has to be renewed."))
        add([1311], GLMErrorCode(.quota, hint: "The plan does not include this model: choose another."))
        add([1313], GLMErrorCode(.rate, .once))
        add([1314, 1315], GLMErrorCode(.billing))
        return table
    }()

    private static let keyHint = "Check the key: ZAI_API_KEY or --glm-key."
    private static let endpointHint = """
        A Coding Plan's key works only at https://api.z.ai/api/coding/paas/v4 and a prepaid key only at \
        https://api.z.ai/api/paas/v4: see --glm-url.
        """
}

extension GLMErrorCode.Kind {
    /// Status, `type` and `code` for the client.
    var face: (status: Int, type: String, code: String) {
        switch self {
        case .authentication: (401, "authentication_error", "invalid_api_key")
        case .permission: (403, "permission_error", "permission_denied")
        case .billing, .quota: (429, "insufficient_quota", "insufficient_quota")
        case .rate: (429, "rate_limit_error", "rate_limit_exceeded")
        case .overload: (503, "server_error", "overloaded")
        case .server: (500, "server_error", "server_error")
        case .request: (400, "invalid_request_error", "invalid_request")
        case .model: (400, "invalid_request_error", "model_not_found")
        case .context: (400, "invalid_request_error", APIError.contextLengthExceeded)
        case .content: (400, "invalid_request_error", "content_filter")
        }
    }
}
