import Synchronization

/// Fetches the pictures that requests name by URL, and keeps the last ones: a conversation names the same ones in every turn,
/// and has to see the same bytes, or the engine reads all that follows them again.
public final class ImageFetcher: Sendable {
    private static let redirects = 3
    private static let memory = 64 << 20
    private static let lifetime = Duration.seconds(3600)

    private struct Kept {
        let bytes: [UInt8]
        let fetched: ContinuousClock.Instant
        var used: UInt64
    }

    private struct State {
        var kept: [String: Kept] = [:]
        var size = 0
        var uses: UInt64 = 0
    }

    private let client: HTTPClient
    private let policy: ImagePolicy
    private let state = Mutex(State())

    public init(client: HTTPClient, policy: ImagePolicy) {
        self.client = client
        self.policy = policy
    }

    /// The picture behind a URL; nothing else is fetched to its end.
    /// - Throws: `ImageProblem`, `CancellationError`.
    public func fetch(_ url: String) async throws -> [UInt8] {
        if let bytes = kept(url) { return bytes }
        let refused = Refusal()
        do {
            let bytes = try await withTimeLimit(policy.patience) { [self] in try await follow(url, refused) }
            keep(bytes, url)
            return bytes
        } catch is TimeLimitExceeded {
            throw Self.problem("did not come within \(policy.patience.components.seconds) s")
        } catch let error as HTTPClientError where error.kind == .tooLong {
            throw ImageProblem(
                code: "image_file_too_large", message: "has more than \(ByteCount(bytes: policy.limit)) (image-limit)")
        } catch let error as HTTPClientError {
            if let address = refused.address {
                throw ImageProblem(
                    code: "invalid_image_url",
                    message:
                        "leads to \(address), which is not public: send a data URL, or allow it with image-urls any")
            }
            throw Self.problem("cannot be fetched: \(error.message)")
        }
    }

    /// Redirections are followed here, because each of them is checked anew.
    private func follow(_ url: String, _ refused: Refusal) async throws -> [UInt8] {
        guard var place = HTTPLocation.resolve(url, at: url) else {
            throw ImageProblem(code: "invalid_image_url", message: "has a URL that cannot be read")
        }
        for _ in 0...Self.redirects {
            var request = HTTPRequest(
                url: place, headers: ["Accept": "image/*", "User-Agent": "LocalCode"], connectTimeout: policy.patience,
                idleTimeout: policy.patience)
            if policy.urls == .public { request.mayConnect = { refused.check($0) } }
            let response = try await client.send(request)
            switch response.status {
            case 200: return try await picture(response)
            case 301, 302, 303, 307, 308:
                guard let next = response.headers["location"].flatMap({ HTTPLocation.resolve($0, at: place) }) else {
                    throw Self.problem("cannot be fetched: it is redirected to what is no http or https URL")
                }
                place = next
            default: throw Self.problem("cannot be fetched: HTTP \(response.status)")
            }
        }
        throw Self.problem("cannot be fetched: it is redirected more than \(Self.redirects) times")
    }

    /// The body, unless it says or shows at once that it is no picture or too large.
    private func picture(_ response: HTTPResponse) async throws -> [UInt8] {
        let type = (response.headers["content-type"] ?? "").prefix { $0 != ";" }.lowercased()
        guard !type.hasPrefix("text/"), type != "application/json" else {
            throw ImageProblem(code: "unsupported_image_media_type", message: "is \(type.prefix(40)) and no picture")
        }
        if let length = response.headers["content-length"].flatMap({ Int($0) }) {
            try InlineImage.check(size: length, policy.limit)
        }
        var bytes: [UInt8] = []
        var isKnown = false
        for try await piece in response.body {
            bytes.append(contentsOf: piece)
            try InlineImage.check(size: bytes.count, policy.limit)
            if !isKnown, bytes.count >= 18 {
                isKnown = true
                if PictureType(bytes) == nil { _ = try InlineImage.type(bytes) }
            }
        }
        return bytes
    }

    private static func problem(_ message: String) -> ImageProblem {
        ImageProblem(code: "failed_to_download_image", message: message)
    }

    // MARK: What was fetched before

    private func kept(_ url: String) -> [UInt8]? {
        state.withLock { state in
            guard let kept = state.kept[url], .now - kept.fetched < Self.lifetime else { return nil }
            state.uses += 1
            state.kept[url]?.used = state.uses
            return kept.bytes
        }
    }

    private func keep(_ bytes: [UInt8], _ url: String) {
        guard bytes.count <= Self.memory else { return }
        state.withLock { state in
            state.size -= state.kept[url]?.bytes.count ?? 0
            state.uses += 1
            state.kept[url] = Kept(bytes: bytes, fetched: .now, used: state.uses)
            state.size += bytes.count
            while state.size > Self.memory, let oldest = state.kept.min(by: { $0.value.used < $1.value.used }) {
                state.size -= oldest.value.bytes.count
                state.kept[oldest.key] = nil
            }
        }
    }
}

/// Which address a request was not let to.
private final class Refusal: Sendable {
    private let refused = Mutex<IPAddress?>(nil)

    var address: IPAddress? { refused.withLock { $0 } }

    func check(_ address: IPAddress) -> Bool {
        if address.isPublic { return true }
        refused.withLock { $0 = address }
        return false
    }
}
