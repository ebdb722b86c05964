/// A picture that stands in a request itself: a data URL, or the bare base64 that llama-server takes as well.
struct InlineImage {
    /// What the picture is.
    let type: PictureType
    /// The URL to write in the place of the one that was there; nil when it can stay.
    let url: [UInt8]?
    /// What the URL said it was, where that is not so.
    let claimed: String?

    /// As much of a picture as is decoded to see what it is and how large: in a JPEG, a profile and a preview may come first.
    private static let look = 1 << 20
    /// The longest beginning of a data URL, up to its comma.
    private static let headLimit = 256

    /// Checks a picture.
    /// - Parameter text: the URL, or the bare base64, without JSON's escapes.
    init(_ text: ArraySlice<UInt8>, limit: Int) throws(ImageProblem) {
        let isURL = text.prefix(5).elementsEqual("data:".utf8) { $0 | 0x20 == $1 | 0x20 }
        var head: Head?
        var payload = text
        if isURL {
            let found = try Head(text.prefix(Self.headLimit))
            payload = text[found.end...]
            head = found
        }
        var isCleaned = false
        var check = Base64.check(payload)
        if check == .spaced {
            payload = payload.filter { !Base64.isSpace($0) }[...]
            isCleaned = true
            check = Base64.check(payload)
        }
        switch check {
        case .good(let count):
            guard count > 0 else { throw ImageProblem(code: "empty_image_file", message: "is empty") }
            try Self.check(size: count, limit)
        case .bad(let place):
            throw ImageProblem(
                code: "invalid_base64_image", message: "is no base64 at character \(place + 1) of its data")
        case .cutOff, .spaced:
            throw ImageProblem(code: "invalid_base64_image", message: "is cut off: its base64 is not complete")
        }
        type = try Self.type(Base64.decode(payload, limit: Self.look))
        claimed = head?.mediaType.flatMap { [type] in Self.isName($0, of: type) ? nil : $0 }
        let isPlain = head.map { [type] in $0.isPlain(type) } ?? true
        url = isPlain && !isCleaned ? nil : Self.url(type, payload)
    }

    /// What a picture is, when it is one and not too large to unpack.
    static func type(_ bytes: [UInt8]) throws(ImageProblem) -> PictureType {
        guard let type = PictureType(bytes) else {
            throw ImageProblem(
                code: "unsupported_image_media_type",
                message: "is no picture that models take: send PNG, JPEG, WebP or GIF")
        }
        if let size = PictureSize(type, bytes), size.isTooLarge {
            throw ImageProblem(
                code: "image_too_large",
                message:
                    "has \(size.width) × \(size.height) pixels: more than \(PictureSize.pixelLimit / 1_000_000) million"
            )
        }
        return type
    }

    static func check(size: Int, _ limit: Int) throws(ImageProblem) {
        guard size > limit else { return }
        throw ImageProblem(
            code: "image_file_too_large",
            message: "has \(ByteCount(bytes: size)): at most \(ByteCount(bytes: limit)) are taken (image-limit)")
    }

    /// The data URL of a picture.
    static func url(_ type: PictureType, _ base64: some Collection<UInt8>) -> [UInt8] {
        var url = Array("data:\(type.mediaType);base64,".utf8)
        url.reserveCapacity(url.count + base64.count)
        url.append(contentsOf: base64)
        return url
    }

    private static func isName(_ mediaType: String, of type: PictureType) -> Bool {
        mediaType == type.mediaType || mediaType == "image/jpg" && type == .jpeg
            || mediaType == "image/x-ms-bmp" && type == .bmp
    }

    /// What stands before a data URL's comma (RFC 2397).
    private struct Head {
        let text: String
        /// Where the data begins.
        let end: Int
        /// In lower case; nil where the URL names none.
        let mediaType: String?

        init(_ text: ArraySlice<UInt8>) throws(ImageProblem) {
            guard let comma = text.firstIndex(of: UInt8(ascii: ",")) else {
                throw ImageProblem(code: "invalid_image_url", message: "is a data URL without a comma before its data")
            }
            self.text = String(decoding: text[..<comma], as: UTF8.self)
            end = comma + 1
            let fields = self.text.dropFirst(5).split(separator: ";", omittingEmptySubsequences: false)
            guard fields.count > 1, fields.last?.lowercased() == "base64" else {
                throw ImageProblem(code: "invalid_base64_image", message: "is a data URL that is not in base64")
            }
            let mediaType = fields.first.map { $0.lowercased() } ?? ""
            self.mediaType = mediaType.isEmpty ? nil : mediaType
        }

        /// Whether the text is what every reader understands.
        func isPlain(_ type: PictureType) -> Bool {
            text == "data:\(mediaType ?? "");base64" && mediaType.map { isName($0, of: type) } ?? false
        }
    }
}
