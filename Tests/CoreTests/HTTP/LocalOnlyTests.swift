import LocalCodeCore
import Support
import Testing

/// The last door before a request would leave the machine.
@Suite(.timeLimit(.minutes(1))) struct LocalOnlyTests {
    let client: HTTPClient

    init() throws { client = try HTTPClient() }

    private func kind(_ url: String) async -> HTTPClientError.Kind? {
        do {
            _ = try await LocalOnly.run(true) { try await client.send(HTTPRequest(url: url)) }
            return nil
        } catch { return (error as? HTTPClientError)?.kind }
    }

    @Test func thisMachineIsReached() async throws {
        let server = try RecordingServer { _ in .complete("{}") }
        #expect(await kind(server.url) == nil)
        #expect(await kind("http://localhost:\(server.port)/") == nil)
        #expect(server.requests.count == 2)
    }

    @Test(arguments: [
        "http://192.0.2.1/", "https://api.example.com/v1", "http://10.0.0.7:8080/", "http://[2001:db8::1]/",
        "http://user@192.0.2.1/", "http://127.0.0.1@192.0.2.1/",
    ])
    func othersAreNot(url: String) async {
        #expect(await kind(url) == .connect)
    }

    @Test func aNameThatLooksLikeThisMachineIsLookedUp() async {
        // It is resolved, and what it leads to decides; it leads nowhere.
        #expect(await kind("http://127.0.0.1.example.invalid/") == .connect)
    }

    @Test func theDoorIsShutForTasksThatStart() async throws {
        let isShut = await LocalOnly.run(true) { await Task { LocalOnly.isOn }.value }
        #expect(isShut)
        #expect(!LocalOnly.isOn)
        await LocalOnly.run(false) { #expect(!LocalOnly.isOn) }
    }

    @Test(arguments: ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"])
    func loopback(text: String) throws {
        #expect(try #require(IPAddress(text)).isLoopback)
    }

    @Test(arguments: ["128.0.0.1", "10.0.0.1", "::", "::2", "fe80::1", "::ffff:10.0.0.1"])
    func notLoopback(text: String) throws {
        #expect(try !#require(IPAddress(text)).isLoopback)
    }
}
