import LocalCodeCore
import Support
import Testing

@Suite struct IPAddressTests {
    @Test(
        "Addresses of the internet",
        arguments: [
            "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.1", "100.63.255.255", "100.128.0.1", "126.1.1.1",
            "128.0.0.1",
            "172.15.0.1", "172.32.0.1", "192.167.0.1", "192.169.0.1", "198.17.0.1", "198.20.0.1", "223.255.255.254",
            "2606:4700::1111", "2a00:1450:4001::1", "2001:200::1", "::ffff:8.8.8.8", "64:ff9b::808:808",
            "2002:808:808::1",
        ]) func publicOnes(_ text: String) throws
    {
        #expect(try #require(IPAddress(text)).isPublic)
    }

    @Test(
        "Addresses that are nobody else's business",
        arguments: [
            "0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.255.255.255",
            "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.192", "192.0.2.1", "192.168.1.1", "198.18.0.1",
            "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255",
            "168.63.129.16", "::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254",
            "64:ff9b::7f00:1", "64:ff9b:1::808:808", "2002:7f00:1::", "2002:a00:1::", "2001:0:4136:e378::1",
            "2001:db8::1",
            "3fff::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fec0::1", "ff02::1", "100::1", "4000::1",
        ]) func privateOnes(_ text: String) throws
    {
        #expect(try !#require(IPAddress(text)).isPublic)
    }

    @Test func spellings() {
        #expect(IPAddress("127.0.0.1")?.description == "127.0.0.1")
        #expect(IPAddress("2001:DB8:0:0::1")?.description == "2001:db8::1")
        for text in ["", "localhost", "2130706433", "0x7f.1", "127.1", "1.2.3.4.5", "fe80::1%eth0"] {
            #expect(IPAddress(text) == nil, "\(text)")
        }
    }
}

/// Requests that may not go everywhere.
@Suite(.timeLimit(.minutes(1))) struct HTTPClientAddressTests {
    private let client: HTTPClient

    init() throws { client = try HTTPClient() }

    private func send(_ url: String, _ mayConnect: @escaping @Sendable (IPAddress) -> Bool) async throws -> Int {
        var request = HTTPRequest(url: url)
        request.mayConnect = mayConnect
        return try await client.send(request).status
    }

    @Test(
        "An address is refused however it is written",
        arguments: ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "127.1", "0", "[::ffff:127.0.0.1]"])
    func refused(_ host: String) async throws {
        let server = try RecordingServer { _ in .complete("{}") }
        await #expect {
            _ = try await send("http://\(host):\(server.port)/") { $0.isPublic }
        } throws: {
            ($0 as? HTTPClientError)?.kind == .connect
        }
        #expect(server.connections == 0)
    }

    @Test("What is let through is what is connected to")
    func letThrough() async throws {
        let server = try RecordingServer { _ in .complete("{}") }
        #expect(try await send("http://127.1:\(server.port)/") { $0 == IPAddress("127.0.0.1") } == 200)
    }

    @Test("A connection that is there already is asked about as well")
    func keptConnection() async throws {
        let server = try RecordingServer { _ in .complete("{}") }
        _ = try await client.send(HTTPRequest(url: server.url)).body.collect(upTo: 10)
        await #expect(throws: HTTPClientError.self) { try await send(server.url) { _ in false } }
        #expect(server.requests.count == 1)
    }

    @Test("A proxy would find the address on its own")
    func proxy() async throws {
        let proxy = try RecordingServer { _ in .complete("{}") }
        var configuration = HTTPClient.Configuration()
        configuration.httpProxy = proxy.url
        let client = try HTTPClient(configuration)
        // Nothing answers there (RFC 5737): it is enough that the proxy is not asked, although its address is let through.
        var request = HTTPRequest(url: "http://192.0.2.1/")
        request.mayConnect = { $0 == IPAddress("127.0.0.1") }
        await #expect(throws: HTTPClientError.self) { try await client.send(request) }
        #expect(proxy.connections == 0)
    }
}

@Suite struct HTTPLocationTests {
    @Test(
        arguments: [
            ("/b.png", "https://a.example/b.png"), ("c.png", "https://a.example/x/c.png"),
            ("//b.example/c", "https://b.example/c"), ("http://b.example/c d", "http://b.example/c%20d"),
            ("?q", "https://a.example/x/y?q"), ("HTTP://B.example/", "http://B.example/"),
        ]) func resolves(_ location: String, _ url: String)
    {
        #expect(HTTPLocation.resolve(location, at: "https://a.example/x/y?z") == url)
    }

    @Test(arguments: ["file:///etc/passwd", "ftp://a.example/", "gopher://a/", "http://", "http://a b/"])
    func refuses(_ location: String) {
        #expect(HTTPLocation.resolve(location, at: "https://a.example/") == nil)
    }
}
