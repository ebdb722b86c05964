import CCurl

/// Reads URLs as the client itself does (https://curl.se/libcurl/c/libcurl-url.html).
public enum HTTPLocation {
    /// The absolute URL that a `Location` field means.
    /// - Parameters:
    ///   - location: an absolute or a relative URL.
    ///   - url: the URL whose answer had the field.
    /// - Returns: nil when it is no URL of http or https.
    public static func resolve(_ location: String, at url: String) -> String? {
        guard let handle = curl_url() else { return nil }
        defer { curl_url_cleanup(handle) }
        let flags = UInt32(CURLU_URLENCODE)
        guard curl_url_set(handle, CURLUPART_URL, url, 0) == CURLUE_OK,
            curl_url_set(handle, CURLUPART_URL, location, flags) == CURLUE_OK,
            let scheme = part(CURLUPART_SCHEME, of: handle), ["http", "https"].contains(scheme)
        else { return nil }
        return part(CURLUPART_URL, of: handle)
    }

    private static func part(_ part: CURLUPart, of handle: OpaquePointer) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard curl_url_get(handle, part, &text, 0) == CURLUE_OK, let text else { return nil }
        defer { curl_free(text) }
        return String(cString: text)
    }
}
