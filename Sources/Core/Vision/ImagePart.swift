/// A part of a message that brings a picture, a sound or a film.
struct ImagePart {
    /// `messages[3].content[1]`.
    let place: String
    let part: JSONView
    /// Where the media come from: a string; nil where the part has none.
    let url: JSONView?
    /// Whether it is a picture; sounds and films are not looked into.
    let isPicture: Bool
    /// Whether the part is written as chat completions have it, and not as the Responses API and some clients do.
    let isStandard: Bool

    /// The parts of a request with media, in its order.
    static func all(_ chat: ChatRequest) -> [ImagePart] {
        var found: [ImagePart] = []
        var message = 0
        for content in chat.messages.lazy.map(\.content) {
            if let content, content.kind == .array {
                var index = 0
                for part in content.elements {
                    if let type = part["type"], let media = ImagePart(part, type, message, index) {
                        found.append(media)
                    }
                    index += 1
                }
            }
            message += 1
        }
        return found
    }

    private init?(_ part: JSONView, _ type: JSONView, _ message: Int, _ index: Int) {
        // Text first: it is what there is most of.
        guard type.kind == .string, !type.equals("text") else { return nil }
        switch type.string ?? "" {
        case "image_url":
            let value = part["image_url"]
            isStandard = value?.kind == .object
            url = isStandard ? value?["url"] : value
            isPicture = true
        case "input_image":
            let value = part["image_url"]
            isStandard = false
            url = value?.kind == .object ? value?["url"] : value
            isPicture = true
        case let name where ["input_audio", "input_video", "video_url"].contains(name):
            // llama-server takes a URL in both, and the second one where the first is no string.
            let values = [part[name]?["data"], part[name]?["url"]].compactMap(\.self).filter { $0.kind == .string }
            url = values.first { Source($0.content) != .inline } ?? values.first
            isStandard = true
            isPicture = false
        default: return nil
        }
        place = "messages[\(message)].content[\(index)]"
        self.part = part
    }

    /// What a text that says where media come from is.
    enum Source: Equatable {
        /// A data URL or bare base64.
        case inline
        /// An http or https URL.
        case remote
        /// A URL of another kind, by its scheme.
        case other(String)

        init(_ text: ArraySlice<UInt8>) {
            let head = String(decoding: text.prefix(16), as: UTF8.self)
            let scheme = head.prefix { $0 != ":" }.lowercased()
            // Base64 has no colon.
            let isURL = scheme.utf8.count < head.utf8.count && scheme.allSatisfy { $0.isASCII && $0.isLetter }
            switch scheme {
            case "data" where isURL: self = .inline
            case "http" where isURL, "https" where isURL: self = .remote
            default: self = isURL ? .other(scheme) : .inline
            }
        }
    }
}

extension JSONView {
    /// The content of this string; decoded only where something in it is escaped.
    var content: ArraySlice<UInt8> {
        let inside = text.dropFirst().dropLast()
        return inside.contains(Byte.backslash) ? Array((string ?? "").utf8)[...] : inside
    }
}
