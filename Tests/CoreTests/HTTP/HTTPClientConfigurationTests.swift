import LocalCodeCore
import Support
import Testing

/// Proxies and certificates, as curl's users set them.
@Suite(.timeLimit(.minutes(1))) struct HTTPClientConfigurationTests {
    @Test func certificatesFromTheEnvironment() {
        #expect(HTTPClient.Configuration(environment: [:]) == HTTPClient.Configuration())
        let both = HTTPClient.Configuration(environment: [
            "SSL_CERT_FILE": "/a", "CURL_CA_BUNDLE": "/b", "SSL_CERT_DIR": "/c",
        ])
        #expect(both.certificateFile == "/b" && both.certificateDirectory == "/c")
        let one = HTTPClient.Configuration(environment: ["SSL_CERT_FILE": "/a", "CURL_CA_BUNDLE": ""])
        #expect(one.certificateFile == "/a" && one.certificateDirectory == nil)
    }

    @Test func proxiesFromTheEnvironment() {
        let all = HTTPClient.Configuration(environment: ["ALL_PROXY": "socks5://a", "NO_PROXY": "b"])
        #expect(all.httpProxy == "socks5://a" && all.httpsProxy == "socks5://a" && all.noProxy == "b")
        let each = HTTPClient.Configuration(environment: [
            "http_proxy": "http://h", "HTTPS_PROXY": "http://upper", "https_proxy": "http://s", "all_proxy": "http://a",
            "no_proxy": "lower", "NO_PROXY": "upper",
        ])
        #expect(each.httpProxy == "http://h" && each.httpsProxy == "http://s" && each.noProxy == "lower")
        // Set by a web server from a request's field, so curl does not look at it either.
        #expect(HTTPClient.Configuration(environment: ["HTTP_PROXY": "http://evil"]).httpProxy == nil)
    }

    @Test func proxyIsUsedForOtherHosts() async throws {
        let proxy = try RecordingServer { _ in .complete("{}") }
        let client = try HTTPClient(
            HTTPClient.Configuration(environment: ["http_proxy": proxy.url, "no_proxy": "direct.test"]))
        let response = try await client.send(HTTPRequest(url: "http://host.test/a?b"))
        #expect(response.status == 200)
        #expect(proxy.requests.map(\.target) == ["http://host.test/a?b"])
        let error = await #expect(throws: HTTPClientError.self) {
            try await client.send(HTTPRequest(url: "http://\("a".repeated(64)).direct.test/"))
        }
        #expect(error?.kind == .connect)
        #expect(proxy.requests.count == 1)
    }

    @Test(arguments: ["127.0.0.1", "localhost", "LOCALHOST"])
    func proxyIsNeverUsedForLoopback(_ host: String) async throws {
        let proxy = try RecordingServer { _ in .complete("{}") }
        let server = try RecordingServer { _ in .complete("{}") }
        let client = try HTTPClient(HTTPClient.Configuration(environment: ["all_proxy": proxy.url]))
        let response = try await client.send(HTTPRequest(url: "http://\(host):\(server.port)/"))
        #expect(response.status == 200)
        #expect(server.requests.map(\.target) == ["/"])
        #expect(proxy.connections == 0)
    }

    @Test func answerOfTheProxyIsNotTheAnswer() async throws {
        let refusing = try RecordingServer { _ in .complete(status: 403, "no") }
        let client = try HTTPClient(HTTPClient.Configuration(environment: ["https_proxy": refusing.url]))
        let error = await #expect(throws: HTTPClientError.self) {
            try await client.send(HTTPRequest(url: "https://host.test/"))
        }
        #expect(error?.kind == .connect)
        #expect(refusing.requests.map(\.method) == ["CONNECT"])

        // A tunnel that leads nowhere: its 200 must not be taken for the host's.
        let closing = try RecordingServer { _ in .init([.text("HTTP/1.1 200 Connection established\r\n\r\n"), .close]) }
        let other = try HTTPClient(HTTPClient.Configuration(environment: ["https_proxy": closing.url]))
        let broken = await #expect(throws: HTTPClientError.self) {
            try await other.send(HTTPRequest(url: "https://host.test/"))
        }
        #expect(broken?.kind == .tls)
    }
}
