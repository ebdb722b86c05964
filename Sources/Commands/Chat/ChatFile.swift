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

/// A file that goes to the model as a picture.
struct ImageFile: Sendable, Equatable {
    /// As the user wrote it.
    var path: String
    /// `image/png`.
    var mediaType: String
    var bytes: [UInt8]
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
        if imageType(bytes) != nil { throw Failure("\(name) is a picture", hint: "attach it with --image") }
        guard !bytes.contains(0), let text = String(validating: bytes, as: UTF8.self) else {
            throw Failure("\(name) is not UTF-8 text", hint: "text files only; pictures go with --image")
        }
        return text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
    }

    /// A picture, its kind seen from its content.
    /// - Throws: `Failure` that says what is wrong with it.
    static func image(_ path: String, in directory: String) throws -> ImageFile {
        let bytes = try read(path, in: directory, limit: imageLimit)
        guard let type = imageType(bytes) else {
            throw Failure(
                "\(path) is no picture that models take", hint: "PNG, JPEG, WebP or GIF; text files go with -f")
        }
        return ImageFile(path: path, mediaType: type, bytes: bytes)
    }

    /// The media type that the first bytes tell; nil for anything but the four kinds that chat models take.
    static func imageType(_ bytes: [UInt8]) -> String? {
        if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return "image/png" }
        if bytes.starts(with: [0xFF, 0xD8, 0xFF]) { return "image/jpeg" }
        if bytes.starts(with: "GIF87a".utf8) || bytes.starts(with: "GIF89a".utf8) { return "image/gif" }
        if bytes.starts(with: "RIFF".utf8), bytes.dropFirst(8).starts(with: "WEBP".utf8) { return "image/webp" }
        return nil
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
