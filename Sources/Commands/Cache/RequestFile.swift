import LocalCodeCore

/// A chat request in a file.
enum RequestFile {
    /// The largest body that is read, as `serve` takes it by default.
    static let limit = 64 << 20

    /// Reads and checks a file; `-` is standard input.
    static func read(_ name: String, _ context: Context) throws -> ChatRequest {
        try parse(try bytes(name, context), name: name == "-" ? "standard input" : name)
    }

    /// The bytes of a file; `-` is standard input.
    static func bytes(_ name: String, _ context: Context) throws -> [UInt8] {
        if name == "-" {
            let bytes = try context.readInput(limit + 1)
            guard bytes.count <= limit else { throw Failure("standard input is larger than \(limit) bytes") }
            return bytes
        }
        guard let bytes = try FileText.bytes(at: CacheStore.absolute(name, context), limit: limit) else {
            throw Failure("there is no file \(name)")
        }
        return bytes
    }

    static func parse(_ bytes: [UInt8], name: String) throws -> ChatRequest {
        do {
            return try ChatRequest(journal: bytes)
        } catch let error as JSONError {
            throw Failure("\(name) is no JSON: \(error)", hint: "it must hold the body of a chat request")
        } catch let error as APIError {
            throw Failure("\(name) is no chat request: \(error.message)")
        }
    }
}
