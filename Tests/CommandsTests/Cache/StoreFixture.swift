import Commands
import LocalCodeCore
import Support

/// A store of states in a directory of its own, with states that look as if llama-server had written them.
final class StoreFixture: Sendable {
    let directory: TestDirectory
    /// For `--cache-dir`.
    var path: String { "\(directory.path)/localcode" }

    init() throws { directory = try TestDirectory() }

    func open() throws -> StateStore { try StateStore.open(directory: path, warn: { _ in }) }

    static func fingerprint(_ model: String) -> Fingerprint {
        Fingerprint([.init(name: "model", value: model), .init(name: "context-per-slot", value: "8192")])
    }

    /// Digests from words: one boundary for each.
    static func boundaries(_ words: String...) -> [StateBoundary] {
        words.enumerated().map { index, word in
            StateBoundary(digest: SHA256.digest(Array(word.utf8)), bytes: (index + 1) * 100, tokens: (index + 1) * 20)
        }
    }

    /// Saves a state.
    /// - Parameter bytes: of memory, behind its tokens.
    @discardableResult func save(
        _ boundaries: [StateBoundary], kind: StateKind = .conversation, name: String? = nil, model: String = "tiny",
        title: String = "a title", tokens: Int = 64, bytes: Int = 1000, prefillSeconds: Double = 2
    ) throws -> StateEntry {
        let exchange = try open().exchange()
        defer { exchange.close() }
        let ticket = try exchange.beginSave()
        let content = Self.state(tokens: tokens, bytes: bytes)
        try TestFiles.write(content, to: "\(exchange.directory ?? "")/\(ticket.name)")
        return try exchange.commit(
            ticket,
            StateDescription(
                fingerprint: Self.fingerprint(model), boundaries: boundaries, kind: kind, name: name, model: model,
                title: title, prefillSeconds: prefillSeconds),
            tokens: tokens, written: content.count)
    }

    /// A file as `action=save` writes it: magic, version, tokens with their own header, and memory of a form nobody knows.
    static func state(tokens: Int, bytes: Int) -> [UInt8] {
        var words: [UInt32] = [0x6767_7371, 4, UInt32(tokens + 4), .max, 1, UInt32(tokens)]
        words += (0..<UInt32(tokens)).map { $0 + 7 }
        words.append(0)
        var content: [UInt8] = []
        for word in words { withUnsafeBytes(of: word.littleEndian) { content.append(contentsOf: $0) } }
        return content + (0..<bytes).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    }

    /// Runs a command line of `cache` or `state` on this store.
    func run(_ arguments: String..., context: TestContext = TestContext()) async -> (
        status: Int32, output: String, error: String
    ) {
        let status = await Program.run(arguments + ["--cache-dir", path], context: context.context)
        return (status, context.output, context.error)
    }

    /// The JSON of a command's output.
    func json(_ arguments: String...) async throws -> JSONValue {
        let context = TestContext()
        _ = await Program.run(arguments + ["--json", "--cache-dir", path], context: context.context)
        return try JSONValue(parsing: Array(context.output.utf8))
    }
}
