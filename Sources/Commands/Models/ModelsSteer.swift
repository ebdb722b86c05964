import LocalCodeCore

extension Command {
    /// `localcode models steer`
    static let modelsSteer = Command(
        name: "steer",
        summary: "Give a model another set of control vectors",
        details: """
            Tells the running 'localcode serve' to let a model work with these control vectors, and with no others. \
            llama-server takes them at its start only: the engine finishes what it has and is started anew, and requests that \
            come meanwhile wait. KV states belong to the set they were made under; they are kept, and found again when the \
            set comes back.

            This holds until 'localcode serve' ends. For a set that is always there, write another model in localcode.yaml \
            that is like the first one, with control-vectors of its own: requests then choose by name.
            """,
        operands: [Operand("NAME", "name or alias of a configured model", isRequired: true)],
        options: [
            Option(
                "vector", value: "FILE=SCALE", repeats: true, completion: .file,
                help: "a control vector and the factor it counts with; without one, 1"),
            Option("layers", value: "A-B", help: "the layers they work on; without this, all"),
            Option("off", help: "work without control vectors"),
            .json, .host, .port, .apiKey,
        ],
        examples: [
            Example(
                "localcode models steer coder --vector terse.gguf=0.8 --layers 10-31", "let it answer in fewer words"),
            Example("localcode models steer coder --off", "bring it back"),
        ],
        run: { try await ModelsSteer(invocation: $0).run() })
}

/// The work of `models steer`.
struct ModelsSteer {
    let invocation: Invocation
    private var context: Context { invocation.context }

    func run() async throws {
        let order = try order()
        let serve = try ServeClient(invocation)
        switch await serve.presence() {
        case .localCode: break
        case .absent(let reason):
            throw Failure(
                "no 'localcode serve' answers at \(serve.origin): \(reason)",
                hint: "start it, or write control-vectors into localcode.yaml")
        case .other:
            throw Failure(
                "what answers at \(serve.origin) is no LocalCode", hint: "say where it listens with --host and --port")
        }
        let answer = try await serve.post("/localcode/steer", JSONValue.object(order).bytes)
        if invocation.isOn("json") { return try context.output.write(PrettyJSON.text(answer)) }
        let name = TerminalText.neutralized(answer["name"]?.string ?? invocation.operands.first ?? "")
        let set = TerminalText.neutralized(ModelsTables.steering(answer))
        let time = Self.time(answer["state"]?.string.flatMap(ModelReport.State.init(rawValue:)))
        try context.error.write("localcode: '\(name)' works with \(set.isEmpty ? "no control vectors" : set)\(time)\n")
    }

    /// When a set counts; nothing where it did before.
    private static func time(_ state: ModelReport.State?) -> String {
        switch state {
        case .unloaded, .failed: " from its next start on"
        case .loading, .draining: "; its engine is being started anew"
        case .ready, nil: ""
        }
    }

    /// The body of the request.
    private func order() throws -> JSONObject {
        let words = invocation.all("vector")
        let isOff = invocation.isOn("off")
        guard isOff != !words.isEmpty else {
            throw UsageError(
                isOff
                    ? "--off and --vector exclude each other"
                    : "say which control vectors: --vector FILE=SCALE, or --off")
        }
        guard !isOff || invocation["layers"] == nil else { throw UsageError("--off and --layers exclude each other") }
        let vectors = try words.map { word in
            let vector = try Self.vector(word)
            return ModelEntry.Scaled(path: CacheStore.absolute(vector.path, context), scale: vector.scale)
        }
        var order: JSONObject = [
            "model": .string(invocation.operands.first ?? ""),
            "vectors": .array(vectors.map { ["path": .string($0.path), "scale": .number($0.scale)] }),
        ]
        if let layers = try invocation["layers"].map(Self.layers) {
            order["layers"] = [.number(layers.lowerBound), .number(layers.upperBound)]
        }
        return order
    }

    /// `terse.gguf=0.8`; what stands behind an equals sign and looks like a part of a path is one.
    static func vector(_ word: String) throws -> ModelEntry.Scaled {
        guard let sign = word.lastIndex(of: "=") else { return try named(word, 1) }
        let scale = word[word.index(after: sign)...]
        if scale.contains("/") || scale.hasSuffix(".gguf") { return try named(word, 1) }
        guard let number = Double(String(scale)), number.isFinite else {
            throw UsageError(
                "invalid value for '--vector': '\(scale)' is no number", hint: "write FILE=SCALE: terse.gguf=0.8")
        }
        return try named(String(word[..<sign]), number)
    }

    private static func named(_ path: String, _ scale: Double) throws -> ModelEntry.Scaled {
        guard !path.isEmpty else {
            throw UsageError("invalid value for '--vector': there is no file", hint: "write FILE=SCALE: terse.gguf=0.8")
        }
        return ModelEntry.Scaled(path: path, scale: scale)
    }

    /// `10-31`, or one layer: `12`.
    static func layers(_ text: String) throws -> ClosedRange<Int> {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { part in part.allSatisfy(\.isWholeNumber) ? Int(part) : nil }
        guard numbers.count == parts.count, let first = numbers.first, let last = numbers.last, numbers.count <= 2,
            first <= last
        else {
            throw UsageError(
                "invalid value for '--layers': '\(text)' is no range of layers", hint: "write FIRST-LAST: 10-31")
        }
        return first...last
    }
}
