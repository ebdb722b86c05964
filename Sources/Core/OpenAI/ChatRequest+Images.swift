extension ChatRequest {
    /// Whether a message brings an image.
    var hasImages: Bool {
        messages.contains { message in
            guard let content = message.content, content.kind == .array else { return false }
            return content.elements.contains { part in
                part["type"]?.string.map { $0 == "image_url" || $0 == "input_image" || $0 == "image" } ?? false
            }
        }
    }
}
