import LocalCodeCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A file that goes to the model as text.
struct TextFile: Sendable, Equatable {
    /// As the user wrote it.
    var path: String
    var text: String
}

/// A picture that goes to the model.
struct ChatImage: Sendable, Equatable {
    /// As the user wrote it.
    var path: String
    /// A data URL, or the http or https URL that the user gave.
    var url: String

    /// A picture that the server is to fetch.
    init(url: String) { (path, self.url) = (url, url) }

    /// A picture that is there.
    init(path: String, _ type: PictureType, _ bytes: [UInt8]) {
        self.path = path
        url = "data:\(type.mediaType);base64," + String(decoding: Base64.encode(bytes), as: UTF8.self)
    }
}

/// Reads what the user attaches, and refuses what no model could make sense of.
enum ChatFile {
    /// The longest text, in bytes: more than the context of any model at hand.
    static let textLimit = 8 << 20
    /// The largest picture, in bytes: OpenAI's own limit.
    static let imageLimit = 20 << 20

    /// A text file.
    /// - Throws: `Failure` that says what is wrong with it.
    static func text(_ path: String, in directory: String) throws -> TextFile {
        let bytes = try read(path, in: directory, limit: textLimit)
        return TextFile(path: path, text: try text(bytes, name: path))
    }

    /// The text in the bytes of something, without a byte order mark.
    static func text(_ bytes: [UInt8], name: String) throws -> String {
        if PictureType(bytes) != nil { throw Failure("\(name) is a picture", hint: "attach it with --image") }
        guard !bytes.contains(0), let text = String(validating: bytes, as: UTF8.self) else {
            throw Failure("\(name) is not UTF-8 text", hint: "text files only; pictures go with --image")
        }
        return text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
    }

    /// A picture, its kind seen from its content; one with a URL of http or https is left for the server to fetch.
    /// - Throws: `Failure` that says what is wrong with it.
    static func image(_ path: String, in directory: String) throws -> ChatImage {
        if path.hasPrefix("http://") || path.hasPrefix("https://") { return ChatImage(url: path) }
        let bytes = try read(path, in: directory, limit: imageLimit)
        guard let type = PictureType(bytes) else {
            throw Failure(
                "\(path) is no picture that models take", hint: "PNG, JPEG, WebP or GIF; text files go with -f")
        }
        return ChatImage(path: path, type, bytes)
    }

    /// The bytes of a file, a pipe or a device.
    static func read(_ path: String, in directory: String, limit: Int) throws -> [UInt8] {
        let descriptor = open(absolute(path, in: directory), O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Failure("cannot open \(path): \(systemMessage(errno))") }
        defer { close(descriptor) }
        let bytes = try Descriptor.read(descriptor, name: path, limit: limit + 1)
        try check(bytes, name: path, limit: limit)
        return bytes
    }

    /// - Throws: `Failure` when there are more bytes than the limit.
    static func check(_ bytes: [UInt8], name: String, limit: Int) throws {
        guard bytes.count > limit else { return }
        throw Failure("\(name) is larger than \(ByteCount(bytes: limit))", hint: "send the part that matters")
    }

    /// A path as the system takes it, whatever the process's own directory.
    static func absolute(_ path: String, in directory: String) -> String {
        path.hasPrefix("/") ? path : "\(directory)/\(path)"
    }
}
