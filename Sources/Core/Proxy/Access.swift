import COpenSSL

/// Which web pages may call: a page of any site can reach a port of this machine, so only those of this machine do by default.
enum CrossOrigin {
    /// Whether a request with this Origin field may be answered. Requests of programs carry none.
    static func isAllowed(_ origin: String?, extra: [String]) -> Bool {
        guard let origin else { return true }
        return extra.contains(origin) || extra.contains("*") || isLoopback(origin)
    }

    /// The fields that let the page read the answer (https://fetch.spec.whatwg.org/#http-cors-protocol).
    static func headers(for origin: String?) -> HTTPHeaders {
        guard let origin else { return [:] }
        return ["Access-Control-Allow-Origin": origin, "Vary": "Origin", "Access-Control-Expose-Headers": "*"]
    }

    /// The answer to a preflight.
    static func preflight(methods: [String], wanted: String?) -> HTTPHeaders {
        [
            "Access-Control-Allow-Methods": methods.joined(separator: ", "),
            "Access-Control-Allow-Headers": wanted ?? "Authorization, Content-Type", "Access-Control-Max-Age": "600",
        ]
    }

    static func isLoopback(_ origin: String) -> Bool {
        for scheme in ["http://", "https://"] where origin.hasPrefix(scheme) {
            let rest = origin.dropFirst(scheme.count)
            let host = rest.hasPrefix("[") ? rest.prefix { $0 != "]" } + "]" : rest.prefix { $0 != ":" && $0 != "/" }
            let octets = host.split(separator: ".", omittingEmptySubsequences: false)
            let isIPv4 = octets.count == 4 && octets[0] == "127" && octets.allSatisfy { UInt8($0) != nil }
            return isIPv4 || host == "localhost" || host == "[::1]" || host.hasSuffix(".localhost")
        }
        return false
    }
}

/// The key that clients must send.
enum Authorization {
    /// - Throws: `APIError` with status 401.
    static func check(_ headers: HTTPHeaders, key: String?) throws(APIError) {
        guard let key else { return }
        let bearer = headers["authorization"].flatMap { value in
            value.lowercased().hasPrefix("bearer ") ? String(value.dropFirst(7)) : nil
        }
        guard let given = bearer ?? headers["x-api-key"] else {
            throw APIError(
                status: 401, message: "this LocalCode asks for an API key: send 'Authorization: Bearer KEY'",
                code: "missing_api_key")
        }
        guard isSame(given, key) else {
            throw APIError(
                status: 401, message: "the API key is not the one LocalCode was started with", code: "invalid_api_key")
        }
    }

    /// Compares in a time that does not depend on where they differ.
    static func isSame(_ left: String, _ right: String) -> Bool {
        let left = Array(left.utf8)
        let right = Array(right.utf8)
        return left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
    }
}
