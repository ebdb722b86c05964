/// The pictures of a request, checked and brought along before an upstream sees them.
public enum ImageParts {
    /// Who is going to look at the pictures.
    public enum Reader: Sendable {
        /// A llama-server. It would fetch URLs itself, whatever they lead to: it gets data URLs only.
        case engine
        /// GLM, which fetches URLs from where it is.
        case glm
    }

    /// The request with every picture checked, and for an engine in the request itself. Without pictures, and when nothing
    /// has to change, it is the very same.
    /// - Parameters:
    ///   - fetch: the bytes behind an http or https URL; `ImageFetcher.fetch`.
    /// - Returns: the request, and a note for each change.
    /// - Throws: `APIError` with status 400 that names the part, `CancellationError`.
    public static func prepare(
        _ chat: ChatRequest, for reader: Reader, policy: ImagePolicy,
        fetch: @escaping @Sendable (_ url: String) async throws -> [UInt8]
    ) async throws -> (chat: ChatRequest, notes: [String]) {
        guard chat.kind == .chat else { return (chat, []) }
        let parts = ImagePart.all(chat)
        guard !parts.isEmpty else { return (chat, []) }
        var changes: [Change] = []
        var remote: [ImagePart] = []
        for part in parts {
            do throws(ImageProblem) {
                if try look(part, reader, policy, &changes) { remote.append(part) }
            } catch {
                throw Self.error(part, error)
            }
        }
        changes += try await fetched(remote, policy, fetch)
        guard !changes.isEmpty else { return (chat, []) }
        changes.sort { $0.range.lowerBound < $1.range.lowerBound }
        return (try edited(chat, changes), changes.map(\.note))
    }

    /// Text to put in the place of a part of the body.
    private struct Change {
        let range: Range<Int>
        let text: [UInt8]
        let note: String

        /// Another URL in a part, and nothing else unless the part is written in a way of its own.
        init(_ part: ImagePart, _ url: JSONView, to text: [UInt8], note: String) {
            let quoted = [Byte.quote] + text + [Byte.quote]
            if part.isStandard {
                range = url.range
                self.text = quoted
            } else {
                range = part.part.range
                self.text = part.part.editing([
                    .set("type", Array(#""image_url""#.utf8)),
                    .set("image_url", Array(#"{"url":"#.utf8) + quoted + Array("}".utf8)),
                ])
            }
            self.note = "\(part.place) \(note)"
        }
    }

    /// Checks a part as far as it goes without the network.
    /// - Returns: whether its picture has to be fetched.
    private static func look(
        _ part: ImagePart, _ reader: Reader, _ policy: ImagePolicy, _ changes: inout [Change]
    ) throws(ImageProblem) -> Bool {
        guard let url = part.url, url.kind == .string else {
            guard part.isPicture else { return false }
            throw ImageProblem(code: "invalid_image_url", message: "has no URL: {\"image_url\":{\"url\":\"data:…\"}}")
        }
        let text = url.content
        switch ImagePart.Source(text) {
        case .other(let scheme):
            throw ImageProblem(
                code: "invalid_image_url",
                message: "has a \(scheme): URL: send a data URL, or one of http or https"
                    + (scheme == "file" ? "; files of this machine are not read for a request" : ""))
        case .remote where policy.urls == .off:
            throw ImageProblem(
                code: "invalid_image_url",
                message: "has a URL to fetch, and that is off here (image-urls): send a data URL")
        case .remote where !part.isPicture:
            guard reader == .engine, policy.urls != .any else { return false }
            throw ImageProblem(
                code: "invalid_image_url",
                message:
                    "has a URL, and only pictures are fetched: send the data itself, or allow all with image-urls any")
        case .remote:
            if reader == .engine { return true }
            if !part.isStandard {
                changes.append(Change(part, url, to: escaped(text), note: "became an image_url part"))
            }
            return false
        case .inline:
            guard part.isPicture else { return false }
            let image = try InlineImage(text, limit: policy.limit)
            guard image.url != nil || !part.isStandard else { return false }
            let note =
                image.claimed.map { "is \(image.type.mediaType) and not \($0.prefix(40))" }
                ?? (part.isStandard ? "has its data URL written anew" : "became an image_url part")
            changes.append(Change(part, url, to: image.url ?? escaped(text), note: note))
            return false
        }
    }

    /// Fetches pictures, a few at a time; one that is there more than once comes once.
    private static func fetched(
        _ parts: [ImagePart], _ policy: ImagePolicy,
        _ fetch: @escaping @Sendable (_ url: String) async throws -> [UInt8]
    ) async throws -> [Change] {
        typealias Picture = (url: String, text: [UInt8], size: Int)
        var waiting: [(url: String, part: ImagePart)] = []
        for part in parts {
            guard let url = part.url?.string, !waiting.contains(where: { $0.url == url }) else { continue }
            waiting.append((url, part))
            if waiting.count > policy.fetches { break }
        }
        guard waiting.count <= policy.fetches else {
            throw APIError.invalid(
                waiting[policy.fetches].part.place,
                "the request has too many pictures to fetch: at most \(policy.fetches) are fetched")
        }
        waiting.reverse()
        return try await withThrowingTaskGroup(of: Picture.self) { tasks in
            func startNext() {
                guard let next = waiting.popLast() else { return }
                tasks.addTask {
                    do {
                        let bytes = try await fetch(next.url)
                        let type = try InlineImage.type(bytes)
                        try InlineImage.check(size: bytes.count, policy.limit)
                        return (next.url, InlineImage.url(type, Base64.encode(bytes)), bytes.count)
                    } catch let problem as ImageProblem {
                        throw error(next.part, problem)
                    }
                }
            }
            for _ in 0..<atOnce { startNext() }
            var pictures: [String: Picture] = [:]
            var size = 0
            while let picture = try await tasks.next() {
                size += picture.size * parts.count { $0.url?.equals(picture.url) == true }
                guard size <= policy.fetchedBytes else {
                    throw APIError(
                        status: 400,
                        message:
                            "the pictures of the request have more than \(ByteCount(bytes: policy.fetchedBytes)) together",
                        param: "messages", code: "image_file_too_large")
                }
                pictures[picture.url] = picture
                startNext()
            }
            return parts.compactMap { part in
                guard let view = part.url, let picture = view.string.flatMap({ pictures[$0] }) else { return nil }
                return Change(part, view, to: picture.text, note: "fetched: \(ByteCount(bytes: picture.size))")
            }
        }
    }

    private static let atOnce = 4

    /// The request with its changes, which stand in the order of the text.
    private static func edited(_ chat: ChatRequest, _ changes: [Change]) throws(APIError) -> ChatRequest {
        let document = chat.body.document
        var text: [UInt8] = []
        text.reserveCapacity(changes.reduce(document.count) { $0 - $1.range.count + $1.text.count })
        var copied = 0
        for change in changes {
            text.append(contentsOf: document[copied..<change.range.lowerBound])
            text.append(contentsOf: change.text)
            copied = change.range.upperBound
        }
        text.append(contentsOf: document[copied...])
        do {
            return try ChatRequest(JSONView(validating: text), kind: chat.kind)
        } catch let error as APIError {
            throw error
        } catch {
            throw APIError(status: 400, message: "the request cannot be put together with its pictures: \(error)")
        }
    }

    /// A text as the inside of a JSON string.
    private static func escaped(_ text: ArraySlice<UInt8>) -> [UInt8] {
        Array(JSONText.quoted(String(decoding: text, as: UTF8.self)).dropFirst().dropLast())
    }

    private static func error(_ part: ImagePart, _ problem: ImageProblem) -> APIError {
        let what = part.isPicture ? "picture" : "media file"
        return APIError(
            status: 400, message: "the \(what) in \(part.place) \(problem.message)", param: part.place,
            code: problem.code)
    }
}
