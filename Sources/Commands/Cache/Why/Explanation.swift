import LocalCodeCore

/// A request of the journal, or from a file, held against the earlier one that it could have gone on from.
struct Explanation: Sendable {
    /// What of a request is known.
    struct Subject: Sendable {
        var record: RequestRecord?
        let request: ChatRequest
        let boundaries: [StateBoundary]
    }

    let subject: Subject
    let nearest: RequestRecord?
    /// Nil where there is no earlier request.
    let comparison: RequestComparison?
    /// Leading boundaries that both chains have.
    let sharedBoundaries: Int
    /// What the fingerprints of both do not have in common.
    let engineDifferences: [Fingerprint.Difference]
    /// Whether they were asked of different engines.
    let isOtherEngine: Bool
    let cost: Cost

    /// What was read, and what need not have been.
    struct Cost: Sendable, Equatable {
        /// Tokens of the prompt.
        var prompt: Int?
        /// Of these, tokens that came from the cache.
        var cached: Int?
        /// Tokens of the earlier request behind the place where both part: as many could have been reused.
        var lost: Int?
        /// What reading those takes, in seconds.
        var seconds: Double?
        /// Whether `lost` was reckoned from sizes.
        var isEstimate = false
    }

    /// - Parameters:
    ///   - records: the journal, the newest first.
    ///   - engines: what is known of engines, by fingerprint.
    init(of subject: Subject, in records: [RequestRecord], engines: [Digest: EngineRecord]) {
        self.subject = subject
        let earlier = records.filter { record in subject.record.map { record.id < $0.id } ?? true }
        let found = Self.nearest(to: subject, among: earlier)
        nearest = found?.record
        sharedBoundaries = found.map { Self.shared($0.record.boundaries, subject.boundaries) } ?? 0
        comparison = found.map { RequestComparison(earlier: $0.request, later: subject.request) }
        let fingerprint = subject.record?.fingerprint
        isOtherEngine = found.flatMap { found in fingerprint.map { $0 != found.record.fingerprint } } ?? false
        if isOtherEngine, let fingerprint, let ours = engines[fingerprint]?.components,
            let theirs = found.flatMap({ engines[$0.record.fingerprint]?.components })
        {
            engineDifferences = ours.differences(from: theirs)
        } else {
            engineDifferences = []
        }
        let engine = fingerprint.flatMap { engines[$0] }
        cost = Self.cost(subject, found?.record, shared: sharedBoundaries, engine)
    }

    /// The earlier request with the longest beginning in common; where none has any, the one that looks most alike. Of equal
    /// ones the newest.
    private static func nearest(to subject: Subject, among records: [RequestRecord])
        -> (record: RequestRecord, request: ChatRequest)?
    {
        let counted = records.map { ($0, shared($0.boundaries, subject.boundaries)) }
        if let best = counted.map(\.1).max(), best > 0 {
            for (record, count) in counted where count == best {
                if let request = try? ChatRequest(journal: record.body) { return (record, request) }
            }
        }
        var nearest: (record: RequestRecord, request: ChatRequest, similarity: RequestSimilarity)?
        for record in records {
            guard let request = try? ChatRequest(journal: record.body) else { continue }
            let similarity = RequestSimilarity(request, subject.request)
            if nearest.map({ $0.similarity < similarity }) ?? true { nearest = (record, request, similarity) }
        }
        return nearest.map { ($0.record, $0.request) }
    }

    private static func shared(_ left: [StateBoundary], _ right: [StateBoundary]) -> Int {
        zip(left, right).prefix { $0.digest == $1.digest }.count
    }

    private static func cost(
        _ subject: Subject, _ nearest: RequestRecord?, shared: Int, _ engine: EngineRecord?
    ) -> Cost {
        var cost = Cost(prompt: subject.record?.promptTokens, cached: subject.record?.actualTokens)
        guard let nearest else { return cost }
        let (end, isEndKnown) = tokens(of: nearest, at: nearest.boundaries.count)
        let (start, isStartKnown) = cost.cached.map { ($0, true) } ?? tokens(of: nearest, at: shared)
        guard let end, let start else { return cost }
        // No more can be reused than the prompt has.
        cost.lost = max(0, min(end, cost.prompt ?? end) - start)
        cost.isEstimate = !(isEndKnown && isStartKnown)
        if let lost = cost.lost, let rate = engine?.prefillTokensPerSecond, rate > 0 {
            cost.seconds = Double(lost) / rate
        }
        return cost
    }

    /// Tokens up to so many boundaries; reckoned from bytes where nobody has counted.
    private static func tokens(of record: RequestRecord, at count: Int) -> (Int?, isKnown: Bool) {
        guard count > 0, let last = record.boundaries.last else { return (0, true) }
        let boundary = record.boundaries[min(count, record.boundaries.count) - 1]
        if let tokens = boundary.tokens { return (tokens, true) }
        if count == record.boundaries.count, let tokens = record.promptTokens { return (tokens, true) }
        guard let total = record.promptTokens ?? last.tokens, last.bytes > 0 else { return (nil, false) }
        return (Int((Double(total) * Double(boundary.bytes) / Double(last.bytes)).rounded()), false)
    }
}

extension ChatRequest {
    /// A body as the journal has it: a chat, or a text completion.
    init(journal body: [UInt8]) throws {
        let view = try JSONView(validating: body)
        try self.init(view, kind: view["messages"] != nil ? .chat : .completion)
    }
}
