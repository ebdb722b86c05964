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
        guard let host = host(ofOrigin: origin) else { return false }
        return isIPv4(host) && host.hasPrefix("127.") || host == "[::1]" || isLocalName(host)
    }

    /// Whether a request with this Host field may be answered without a key. A page can give its own site's name the address
    /// of this machine (DNS rebinding), and its browser then takes us for the page's own server, without an Origin field. So
    /// an address will do, and a name that nobody can register, and the host of an origin that is allowed.
    static func isAllowed(host field: String?, extra: [String]) -> Bool {
        guard let field, !extra.contains("*") else { return true }
        let host = Self.host(ofAuthority: field.lowercased()[...])
        return isIPv4(host) || host.hasPrefix("[") || isLocalName(host) || !host.contains(".")
            || host.hasSuffix(".internal") || extra.contains { Self.host(ofOrigin: $0) == host }
    }

    private static func host(ofOrigin origin: String) -> Substring? {
        ["http://", "https://"].first(where: origin.hasPrefix).map { host(ofAuthority: origin.dropFirst($0.count)) }
    }

    private static func host(ofAuthority authority: Substring) -> Substring {
        authority.hasPrefix("[")
            ? authority.prefix { $0 != "]" } + "]" : authority.prefix { $0 != ":" && $0 != "/" }
    }

    private static func isIPv4(_ host: Substring) -> Bool {
        let octets = host.split(separator: ".", omittingEmptySubsequences: false)
        return octets.count == 4 && octets.allSatisfy { UInt8($0) != nil }
    }

    private static func isLocalName(_ host: Substring) -> Bool { host == "localhost" || host.hasSuffix(".localhost") }
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
