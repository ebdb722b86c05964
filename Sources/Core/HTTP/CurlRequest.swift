import CCurl

/// Turns an `HTTPRequest` into a libcurl easy handle. Runs on the loop's thread.
enum CurlRequest {
    static func prepare(_ transfer: CurlTransfer, _ configuration: HTTPClient.Configuration) throws(HTTPClientError) {
        guard let easy = curl_easy_init() else {
            throw HTTPClientError(kind: .internal, message: "libcurl is out of memory")
        }
        transfer.easy = easy
        let request = transfer.request
        let context = Unmanaged.passUnretained(transfer).toOpaque()

        _ = localcode_easy_set_pointer(easy, CURLOPT_PRIVATE, context)
        _ = localcode_easy_set_pointer(easy, CURLOPT_ERRORBUFFER, transfer.errorText)
        _ = localcode_easy_set_long(easy, CURLOPT_NOSIGNAL, 1)
        // Pausing and HTTP/2 do not go together well (curl#6356, curl#9180, curl#10988).
        _ = localcode_easy_set_long(easy, CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        _ = localcode_easy_set_string(easy, CURLOPT_PROTOCOLS_STR, "http,https")
        _ = localcode_easy_set_long(easy, CURLOPT_TCP_KEEPALIVE, 1)

        try check(localcode_easy_set_string(easy, CURLOPT_URL, request.url), "the URL")
        if let path = request.unixSocket {
            try check(localcode_easy_set_string(easy, CURLOPT_UNIX_SOCKET_PATH, path), "the socket path")
        }
        if request.unixSocket != nil || isLoopback(request.url) {
            _ = localcode_easy_set_string(easy, CURLOPT_NOPROXY, "*")
        }
        if let file = configuration.certificateFile { _ = localcode_easy_set_string(easy, CURLOPT_CAINFO, file) }
        if let path = configuration.certificateDirectory { _ = localcode_easy_set_string(easy, CURLOPT_CAPATH, path) }

        _ = localcode_easy_set_long(easy, CURLOPT_CONNECTTIMEOUT_MS, milliseconds(request.connectTimeout))
        _ = localcode_easy_set_long(easy, CURLOPT_LOW_SPEED_LIMIT, 1)
        _ = localcode_easy_set_long(easy, CURLOPT_LOW_SPEED_TIME, max(1, milliseconds(request.idleTimeout) / 1000))

        try setBody(request, easy)
        transfer.headerList = try headerList(request)
        _ = localcode_easy_set_pointer(easy, CURLOPT_HTTPHEADER, transfer.headerList)

        _ = localcode_easy_set_pointer(easy, CURLOPT_WRITEDATA, context)
        _ = localcode_easy_set_callback(easy, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            guard let context, let bytes else { return 0 }
            let transfer = Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
            let accepted = transfer.receive(UnsafeRawBufferPointer(start: bytes, count: size * count))
            return accepted ? size * count : Int(CURL_WRITEFUNC_PAUSE)
        }
        _ = localcode_easy_set_pointer(easy, CURLOPT_HEADERDATA, context)
        _ = localcode_easy_set_callback(easy, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            guard let context, let bytes else { return 0 }
            let transfer = Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
            transfer.receive(headerLine: UnsafeRawBufferPointer(start: bytes, count: size * count))
            return size * count
        }
    }

    /// Frees what `prepare` made.
    static func dispose(_ transfer: CurlTransfer) {
        if let easy = transfer.easy { curl_easy_cleanup(easy) }
        transfer.easy = nil
        if let list = transfer.headerList { curl_slist_free_all(list) }
        transfer.headerList = nil
    }

    private static func setBody(_ request: HTTPRequest, _ easy: UnsafeMutableRawPointer) throws(HTTPClientError) {
        if request.method == "HEAD" { _ = localcode_easy_set_long(easy, CURLOPT_NOBODY, 1) }
        if let body = request.body {
            // The size first: libcurl copies as many bytes as it says.
            _ = localcode_easy_set_offset(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
            let code = body.withUnsafeBytes { bytes in
                withUnsafePointer(to: UInt8(0)) { empty in
                    localcode_easy_set_pointer(easy, CURLOPT_COPYPOSTFIELDS, bytes.baseAddress ?? UnsafeRawPointer(empty))
                }
            }
            try check(code, "the body")
        }
        if request.method != "GET", request.method != "HEAD", !(request.method == "POST" && request.body != nil) {
            try check(localcode_easy_set_string(easy, CURLOPT_CUSTOMREQUEST, request.method), "the method")
        }
    }

    private static func headerList(_ request: HTTPRequest) throws(HTTPClientError) -> UnsafeMutablePointer<curl_slist>? {
        // "Name:" without a value keeps libcurl from adding its own: no waiting for 100 Continue, no made-up type.
        var lines = ["Expect:"]
        if request.body != nil, request.headers["content-type"] == nil { lines.append("Content-Type:") }
        for (name, value) in request.headers {
            guard !name.isEmpty, (name + value).utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
                throw HTTPClientError(kind: .request, message: "the header '\(name)' has a character that HTTP does not allow")
            }
            lines.append(value.isEmpty ? "\(name);" : "\(name): \(value)")
        }
        var list: UnsafeMutablePointer<curl_slist>?
        for line in lines {
            guard let longer = curl_slist_append(list, line) else {
                curl_slist_free_all(list)
                throw HTTPClientError(kind: .internal, message: "libcurl is out of memory")
            }
            list = longer
        }
        return list
    }

    private static func check(_ code: CURLcode, _ what: String) throws(HTTPClientError) {
        guard code != CURLE_OK else { return }
        throw HTTPClientError(kind: .request, message: "\(what) cannot be used: \(String(cString: curl_easy_strerror(code)))")
    }

    private static func milliseconds(_ duration: Duration) -> Int {
        Int(clamping: duration.components.seconds.multipliedReportingOverflow(by: 1000).partialValue)
            + Int(duration.components.attoseconds / 1_000_000_000_000_000)
    }

    /// Whether the URL's host is this machine: such requests never go through a proxy.
    static func isLoopback(_ url: String) -> Bool {
        guard let start = url.firstRange(of: "://")?.upperBound else { return false }
        let authority = url[start...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let host = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? authority
        return host.hasPrefix("127.") || host.hasPrefix("[::1]") || host == "localhost" || host.hasPrefix("localhost:")
    }
}

extension HTTPClientError {
    /// What libcurl's code means to us (https://curl.se/libcurl/c/libcurl-errors.html).
    init(code: CURLcode, detail: String) {
        let text = detail.isEmpty ? String(cString: curl_easy_strerror(code)) : detail
        let kind: Kind =
            switch code {
            case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_CONNECT, CURLE_PROXY: .connect
            case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CERTPROBLEM: .tls
            case CURLE_OPERATION_TIMEDOUT: .timeout
            case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL, CURLE_BAD_FUNCTION_ARGUMENT: .request
            case CURLE_OUT_OF_MEMORY, CURLE_FAILED_INIT: .internal
            default: .broken
            }
        self.init(kind: kind, message: text)
    }
}
