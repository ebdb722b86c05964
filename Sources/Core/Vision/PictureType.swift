/// The kinds of pictures that models take. The content decides, and no name and no header.
public enum PictureType: String, Sendable, CaseIterable {
    case png, jpeg, webp, gif, bmp

    /// The kind that the first bytes tell; eighteen are enough.
    public init?(_ bytes: some Collection<UInt8>) {
        if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
            self = .png
        } else if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
            self = .jpeg
        } else if bytes.starts(with: "GIF87a".utf8) || bytes.starts(with: "GIF89a".utf8) {
            self = .gif
        } else if bytes.starts(with: "RIFF".utf8), bytes.dropFirst(8).starts(with: "WEBP".utf8) {
            self = .webp
        } else if bytes.starts(with: "BM".utf8), bytes.dropFirst(6).starts(with: [0, 0, 0, 0]),
            bytes.dropFirst(15).starts(with: [0, 0, 0])
        {
            // Behind the name, the reserved fields and a small size of the next header: a text has no zeros.
            self = .bmp
        } else {
            return nil
        }
    }

    /// `image/png`.
    public var mediaType: String { "image/\(rawValue)" }
}
