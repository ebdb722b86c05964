import LocalCodeCore

/// The work of `cache why`.
struct CacheWhy {
    let invocation: Invocation
    private var context: Context { invocation.context }

    func run() throws {
        let (records, engines) = try journal()
        guard let subject = try subject(in: records, engines) else {
            if invocation.isOn("json") { try context.output.write("null\n") }
            return try context.error.write(
                "localcode: no requests yet in \(CacheStore.directory(invocation)); 'localcode serve' keeps the last ones\n"
            )
        }
        let explanation = Explanation(of: subject, in: records, engines: engines)
        if invocation.isOn("json") { return try context.output.write(PrettyJSON.text(explanation.json)) }
        let text = ExplanationText(
            explanation: explanation, now: SystemTime.wall(), width: min(context.output.width, 100),
            hasColor: context.output.hasColor)
        try context.output.write(text.text)
    }

    private func journal() throws -> ([RequestRecord], [Digest: EngineRecord]) {
        guard let store = try CacheStore.openIfThere(invocation) else { return ([], [:]) }
        return try CacheStore.reporting {
            let engines = try store.engines()
            return (
                try store.requests(limit: .max),
                Dictionary(engines.map { ($0.fingerprint, $0) }, uniquingKeysWith: { first, _ in first })
            )
        }
    }

    /// The request that is named: by its number, the beginning of its key, or as a file; without a name the last one.
    private func subject(in records: [RequestRecord], _ engines: [Digest: EngineRecord]) throws -> Explanation.Subject?
    {
        guard let name = invocation.operands.first else {
            return try records.first.map(Self.subject)
        }
        if name == "-" || name.contains("/") || name.contains(".") {
            return try subject(file: name, in: records, engines)
        }
        if let number = Int64(name), let record = records.first(where: { $0.id == number }) {
            return try Self.subject(record)
        }
        let digits: String
        do {
            digits = try KeyPrefix.checked(name)
        } catch {
            throw UsageError(
                "'\(TerminalText.neutralized(name))' is no request",
                hint: "give its number, the beginning of its key, or a file: \(name).json or ./\(name)")
        }
        let found = records.filter { $0.key.hex.hasPrefix(digits) }
        guard let newest = found.first else {
            throw Failure(
                "no request \(digits) is among the last \(records.count)",
                hint: "without a name, the last request is explained")
        }
        let keys = Set(found.map(\.key))
        guard keys.count == 1 else {
            let list = found.prefix(8).map { "\($0.id) (\($0.key.hex.prefix(KeyPrefix.shown)))" }
            throw Failure(
                "the keys of \(keys.count) requests begin with \(digits)",
                hint: "write more digits, or a number: \(list.joined(separator: ", "))")
        }
        return try Self.subject(newest)
    }

    private static func subject(_ record: RequestRecord) throws -> Explanation.Subject {
        do {
            return Explanation.Subject(
                record: record, request: try ChatRequest(journal: record.body), boundaries: record.boundaries)
        } catch {
            throw Failure("the journal's copy of request \(record.id) cannot be read: \(error)")
        }
    }

    private func subject(file name: String, in records: [RequestRecord], _ engines: [Digest: EngineRecord]) throws
        -> Explanation.Subject
    {
        let request = try RequestFile.read(name, context)
        // Its engine is not known: that of the newest request is as good a guess as there is.
        let fingerprint = records.first?.fingerprint ?? engines.keys.first ?? SHA256.digest([])
        let chain = PrefixChain(request, fingerprint: fingerprint)
        let boundaries = chain.boundaries.map { StateBoundary(digest: $0.digest, bytes: $0.bytes) }
        return Explanation.Subject(record: nil, request: request, boundaries: boundaries)
    }
}
