import CCurl

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

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
        _ = localcode_easy_set_pointer(easy, CURLOPT_OPENSOCKETDATA, context)
        _ = localcode_easy_set_open_socket(easy) { context, _, address in
            guard let context, let address else { return -1 }
            let transfer = Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
            return CurlRequest.openSocket(address, transfer.request)
        }
        // A connection that was kept has not been asked about.
        if request.mayConnect != nil { _ = localcode_easy_set_long(easy, CURLOPT_FRESH_CONNECT, 1) }

        try check(localcode_easy_set_string(easy, CURLOPT_URL, request.url), "the URL")
        if let path = request.unixSocket {
            try check(localcode_easy_set_string(easy, CURLOPT_UNIX_SOCKET_PATH, path), "the socket path")
        }
        try setProxy(request, configuration, easy)
        if let file = configuration.certificateFile { _ = localcode_easy_set_string(easy, CURLOPT_CAINFO, file) }
        if let path = configuration.certificateDirectory { _ = localcode_easy_set_string(easy, CURLOPT_CAPATH, path) }

        _ = localcode_easy_set_long(easy, CURLOPT_CONNECTTIMEOUT_MS, milliseconds(request.connectTimeout))

        try setBody(transfer, easy)
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

    /// A socket that child processes do not inherit: with a copy of it in an engine's hands, the other side would not learn
    /// that we have closed ours.
    private static func openSocket(_ place: UnsafeMutablePointer<curl_sockaddr>, _ request: HTTPRequest)
        -> curl_socket_t
    {
        if let mayConnect = request.mayConnect {
            // A longer address goes on behind what the structure has room for.
            guard let field = MemoryLayout<curl_sockaddr>.offset(of: \.addr) else { return -1 }
            let start = UnsafeRawPointer(place).advanced(by: field)
            guard let address = IPAddress(start, family: place.pointee.family), mayConnect(address) else { return -1 }
        }
        let address = place.pointee
        #if os(Linux)
            return socket(address.family, address.socktype | Int32(SOCK_CLOEXEC.rawValue), address.protocol)
        #else
            let descriptor = socket(address.family, address.socktype, address.protocol)
            if descriptor >= 0 { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
            return descriptor
        #endif
    }

    /// Frees what `prepare` made.
    static func dispose(_ transfer: CurlTransfer) {
        if let easy = transfer.easy { curl_easy_cleanup(easy) }
        transfer.easy = nil
        if let list = transfer.headerList { curl_slist_free_all(list) }
        transfer.headerList = nil
    }

    /// Always sets the proxy, so that libcurl never looks into the environment itself.
    private static func setProxy(
        _ request: HTTPRequest, _ configuration: HTTPClient.Configuration, _ easy: UnsafeMutableRawPointer
    ) throws(HTTPClientError) {
        let isDirect = request.unixSocket != nil || request.mayConnect != nil || isLoopback(request.url)
        let isSecure = request.url.prefix(6).lowercased() == "https:"
        let proxy = isDirect ? nil : isSecure ? configuration.httpsProxy : configuration.httpProxy
        try check(localcode_easy_set_string(easy, CURLOPT_PROXY, proxy ?? ""), "the proxy")
        _ = localcode_easy_set_string(easy, CURLOPT_NOPROXY, configuration.noProxy ?? "")
        // The answer to CONNECT is not the answer to the request.
        _ = localcode_easy_set_long(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
    }

    /// libcurl sends a shorter body in one go with the head (MAX_INITIAL_POST_SIZE in its lib/http.h).
    private static let longBody = 64 << 10

    private static func setBody(_ transfer: CurlTransfer, _ easy: UnsafeMutableRawPointer) throws(HTTPClientError) {
        let request = transfer.request
        guard HTTPHeaders.isToken(request.method) else {
            throw HTTPClientError(kind: .request, message: "the method has a character that HTTP does not allow")
        }
        var method = "GET"
        if request.method == "HEAD" {
            method = "HEAD"
            _ = localcode_easy_set_long(easy, CURLOPT_NOBODY, 1)
        } else if let body = request.body ?? (["POST", "PUT", "PATCH"].contains(request.method) ? [] : nil) {
            method = "POST"
            _ = localcode_easy_set_long(easy, CURLOPT_POST, 1)
            // The size first: libcurl copies as many bytes as it says.
            _ = localcode_easy_set_offset(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
            if body.count < longBody {
                let code = body.withUnsafeBytes { bytes in
                    withUnsafePointer(to: UInt8(0)) { empty in
                        localcode_easy_set_pointer(
                            easy, CURLOPT_COPYPOSTFIELDS, bytes.baseAddress ?? UnsafeRawPointer(empty))
                    }
                }
                try check(code, "the body")
            } else {
                setSource(transfer, easy)
            }
        }
        if request.method != method {
            try check(localcode_easy_set_string(easy, CURLOPT_CUSTOMREQUEST, request.method), "the method")
        }
    }

    /// A long body is read piece by piece from where it is: a copy would be held until the answer ends.
    private static func setSource(_ transfer: CurlTransfer, _ easy: UnsafeMutableRawPointer) {
        let context = Unmanaged.passUnretained(transfer).toOpaque()
        _ = localcode_easy_set_pointer(easy, CURLOPT_READDATA, context)
        _ = localcode_easy_set_callback(easy, CURLOPT_READFUNCTION) { bytes, size, count, context in
            guard let context, let bytes else { return 0 }
            let transfer = Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
            return transfer.supply(UnsafeMutableRawBufferPointer(start: bytes, count: size * count))
        }
        _ = localcode_easy_set_pointer(easy, CURLOPT_SEEKDATA, context)
        _ = localcode_easy_set_seek(easy) { context, offset, origin in
            guard let context, origin == SEEK_SET else { return Int32(CURL_SEEKFUNC_CANTSEEK) }
            let transfer = Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
            return Int32(transfer.rewind(to: Int(offset)) ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL)
        }
    }

    private static func headerList(_ request: HTTPRequest) throws(HTTPClientError) -> UnsafeMutablePointer<curl_slist>?
    {
        // "Name:" without a value keeps libcurl from adding its own: no waiting for 100 Continue, no made-up type.
        var lines = ["Expect:"]
        if request.headers["content-type"] == nil { lines.append("Content-Type:") }
        for (name, value) in request.headers {
            guard HTTPHeaders.isField(name, value) else {
                throw HTTPClientError(
                    kind: .request, message: "the header '\(name)' has a character that HTTP does not allow")
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
        throw HTTPClientError(
            kind: .request, message: "\(what) cannot be used: \(String(cString: curl_easy_strerror(code)))")
    }

    /// At least one: libcurl takes 0 for its own default.
    private static func milliseconds(_ duration: Duration) -> Int {
        let (seconds, attoseconds) = duration.components
        return max(1, Int(min(seconds, 1_000_000)) * 1000 + Int(attoseconds / 1_000_000_000_000_000))
    }

    /// Whether the URL's host is this machine: such requests never go through a proxy.
    static func isLoopback(_ url: String) -> Bool {
        guard let start = url.firstRange(of: "://")?.upperBound else { return false }
        let authority = url[start...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let host = (authority.split(separator: "@", omittingEmptySubsequences: false).last ?? authority).lowercased()
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
            case CURLE_RECV_ERROR where detail.hasPrefix("CONNECT tunnel failed"): .connect
            case CURLE_UNSUPPORTED_PROTOCOL where detail.hasPrefix("Received HTTP/0.9"): .broken
            case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE,
                CURLE_SSL_CERTPROBLEM:
                .tls
            case CURLE_OPERATION_TIMEDOUT: .timeout
            case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL, CURLE_BAD_FUNCTION_ARGUMENT: .request
            case CURLE_OUT_OF_MEMORY, CURLE_FAILED_INIT: .internal
            default: .broken
            }
        self.init(kind: kind, message: text)
    }
}
