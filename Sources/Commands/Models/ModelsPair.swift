import LocalCodeCore

extension Command {
    /// `localcode models pair`
    static let modelsPair = Command(
        name: "pair",
        summary: "List models that can draft for another",
        details: """
            A draft model guesses tokens that its target then checks, many at once. For that both must have the same \
            vocabulary: of one kind, with the same tokens around a prompt, sizes that differ by at most 128, and the same text \
            for every token from the sixth on. llama-server starts without a word when they differ, and does not use the draft.

            Looks at the GGUF files in each DIR and below, by default at those beside TARGET and in LocalCode's own directory of \
            models. Every file is listed, those that fit first, the others with the reason why they do not. A draft pays when it \
            is much smaller than its target: a tenth or less.
            """,
        operands: [
            Operand(
                "TARGET", "the GGUF file of the model to draft for, or its name in localcode.yaml", isRequired: true,
                completion: .file),
            Operand("DIR", "where to look; also a single file", repeats: true, completion: .directory),
        ],
        options: [.json],
        examples: [
            Example("localcode models pair coder.gguf ~/models", "find a draft for coder"),
            Example("localcode models pair coder.gguf small.gguf", "ask whether small can draft for it"),
        ],
        run: { try ModelsPair(invocation: $0).run() })
}

/// The work of `models pair`.
struct ModelsPair {
    let invocation: Invocation
    private var context: Context { invocation.context }

    func run() throws {
        let path = try ModelFiles.path(invocation.operands.first ?? "", invocation)
        let target = try ModelFiles.reporting { () throws(GGUFError) in try ModelHeader.read(path: path) }
        let places = try places(beside: path)
        let candidates = DraftPairing.candidates(for: target, in: places)
        if invocation.isOn("json") {
            return try context.output.write(PrettyJSON.text(.array(candidates.map(Self.json))))
        }
        guard !candidates.isEmpty else {
            return try context.error.write(
                "localcode: no other models in \(places.joined(separator: ", "))\n")
        }
        try context.output.write(Self.table(candidates).text(on: context.output))
    }

    private func places(beside target: String) throws -> [String] {
        let named = invocation.operands.dropFirst().map { CacheStore.absolute($0, context) }
        for place in named where !Directories.isDirectory(place) && !Directories.isFile(place) {
            throw Failure("there is no directory \(place)")
        }
        guard named.isEmpty else { return named }
        let own = Directories(environment: context.environment).data + "/models"
        let beside = target.split(separator: "/").dropLast().map { "/\($0)" }.joined()
        return [beside.isEmpty ? "/" : beside] + (Directories.isDirectory(own) ? [own] : [])
    }

    private static func table(_ candidates: [DraftPairing.Candidate]) -> TextTable {
        var table = TextTable([
            .init(title: "MODEL", least: 16), .init(title: "PARAMETERS", isNumber: true, rank: 2),
            .init(title: "SIZE", isNumber: true, rank: 1), .init(title: "VERDICT", least: 24),
        ])
        for candidate in candidates {
            table.add([
                candidate.path, candidate.parameterCount > 0 ? ModelFileReport.short(candidate.parameterCount) : "",
                candidate.bytes > 0 ? ByteCount(bytes: candidate.bytes).description : "",
                candidate.refusal ?? ("fits" + (candidate.doubt.map { ", but \($0)" } ?? "")),
            ])
        }
        return table
    }

    private static func json(_ candidate: DraftPairing.Candidate) -> JSONValue {
        [
            "path": .string(candidate.path), "parameters": .number(candidate.parameterCount),
            "bytes": .number(candidate.bytes), "fits": .bool(candidate.refusal == nil),
            "reason": candidate.refusal.map { .string($0) } ?? .null,
            "doubt": candidate.refusal == nil ? candidate.doubt.map { .string($0) } ?? .null : .null,
        ]
    }
}
