import LocalCodeCore
import Support
import Testing

@Suite(.timeLimit(.minutes(1))) struct ImageFetcherTests {
    private func fetcher(_ policy: ImagePolicy = ImagePolicy(urls: .any)) throws -> ImageFetcher {
        ImageFetcher(client: try HTTPClient(), policy: policy)
    }

    private func problem(_ fetcher: ImageFetcher, _ url: String) async -> String {
        do {
            _ = try await fetcher.fetch(url)
            return ""
        } catch let problem as ImageProblem {
            return "\(problem.code): \(problem.message)"
        } catch {
            return "\(error)"
        }
    }

    private static func picture(_ bytes: [UInt8] = Pictures.png(), type: String = "image/png") -> ScriptedResponse {
        .chunked(headers: ["Content-Type: \(type)"], [.send(bytes)])
    }

    @Test func fetchesOnceForAllTurns() async throws {
        let server = try RecordingServer { _ in Self.picture() }
        let fetcher = try fetcher()
        #expect(try await fetcher.fetch("\(server.url)/a.png") == Pictures.png())
        #expect(try await fetcher.fetch("\(server.url)/a.png") == Pictures.png())
        #expect(try await fetcher.fetch("\(server.url)/b.png") == Pictures.png())
        #expect(server.requests.map(\.target) == ["/a.png", "/b.png"])
        #expect(server.requests.first?.header("accept") == "image/*")
    }

    @Test("A private address is not asked, at once or behind a redirection, and the error says which")
    func privateAddresses() async throws {
        let server = try RecordingServer { _ in Self.picture() }
        let fetcher = try fetcher(ImagePolicy())
        for host in ["127.0.0.1", "localhost", "2130706433", "[::ffff:127.0.0.1]", "0.0.0.0"] {
            let text = await problem(fetcher, "http://\(host):\(server.port)/")
            #expect(text.hasPrefix("invalid_image_url: leads to "), "\(host): \(text)")
            #expect(text.contains("image-urls any"))
        }
        #expect(server.connections == 0)
    }

    @Test func redirectionsAreFollowedThreeTimes() async throws {
        let server = try RecordingServer { request in
            let left = Int(request.target.dropFirst()) ?? 0
            return left == 0 ? Self.picture() : .complete(status: 302, headers: ["Location: /\(left - 1)"], "")
        }
        let fetcher = try fetcher()
        #expect(try await fetcher.fetch("\(server.url)/3") == Pictures.png())
        #expect(await problem(fetcher, "\(server.url)/4").contains("redirected more than 3 times"))
    }

    @Test(arguments: ["file:///etc/passwd", "gopher://127.0.0.1/", ""])
    func redirectionsToOtherPlacesAreNot(_ location: String) async throws {
        let server = try RecordingServer { _ in .complete(status: 302, headers: ["Location: \(location)"], "") }
        let text = await problem(try fetcher(), server.url)
        #expect(text.hasPrefix("failed_to_download_image: "), "\(text)")
    }

    @Test func whatIsNoPictureIsNotReadOn() async throws {
        let page = try RecordingServer { _ in .complete(headers: ["Content-Type: text/html"], "<html>") }
        #expect(await problem(try fetcher(), page.url).hasPrefix("unsupported_image_media_type: is text/html"))
        let disguised = try RecordingServer { _ in
            .chunked(
                headers: ["Content-Type: image/png"],
                [.send([UInt8](repeating: 0x41, count: 4096)), .waitForClientToLeave])
        }
        #expect(await problem(try fetcher(), disguised.url).hasPrefix("unsupported_image_media_type: "))
        #expect(try await disguised.exchange().ending() == .clientLeft)
        let missing = try RecordingServer { _ in .complete(status: 404, "") }
        #expect(await problem(try fetcher(), missing.url) == "failed_to_download_image: cannot be fetched: HTTP 404")
        let gone = try RecordingServer { _ in .complete("") }.port
        #expect(await problem(try fetcher(), "http://127.0.0.1:\(gone)/").hasPrefix("failed_to_download_image: "))
    }

    @Test func aPictureThatIsTooLargeIsNotReadToItsEnd() async throws {
        let policy = ImagePolicy(urls: .any, limit: 10_000)
        let announced = try RecordingServer { _ in
            ScriptedResponse([
                .text("HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 10001\r\n\r\n"),
                .waitForClientToLeave,
            ])
        }
        #expect(await problem(try fetcher(policy), announced.url).hasPrefix("image_file_too_large: "))
        let endless = try RecordingServer { _ in
            .chunked(
                headers: ["Content-Type: image/png"],
                [.send(Pictures.png() + [UInt8](repeating: 0, count: 20_000)), .waitForClientToLeave])
        }
        #expect(await problem(try fetcher(policy), endless.url).hasPrefix("image_file_too_large: "))
        #expect(try await endless.exchange().ending() == .clientLeft)
    }

    @Test func aSlowServerIsLeft() async throws {
        let server = try RecordingServer { _ in .chunked(headers: ["Content-Type: image/png"], [.waitForClientToLeave])
        }
        var policy = ImagePolicy(urls: .any)
        policy.patience = .milliseconds(50)
        let text = await problem(try fetcher(policy), server.url)
        #expect(text.hasPrefix("failed_to_download_image: "), "\(text)")
        #expect(try await server.exchange().ending() == .clientLeft)
    }
}
