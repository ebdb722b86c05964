/// Scores documents by how well they answer a query.
public protocol Reranker: Sendable {
    /// - Parameter limits: how much of each document counts.
    /// - Returns: a score for each document, in their order.
    /// - Throws: `APIError`, `HTTPClientError`, `CancellationError`.
    func score(_ query: String, _ documents: [String], _ limits: DocumentLimits) async throws -> RerankScores
}

/// Rerankers of which the first one that an engine has the ability for does the work.
struct FirstAbleReranker: Reranker {
    let rerankers: [any Reranker]

    func score(_ query: String, _ documents: [String], _ limits: DocumentLimits) async throws -> RerankScores {
        var refusal: APIError?
        for reranker in rerankers {
            do {
                return try await reranker.score(query, documents, limits)
            } catch let error as APIError where error.status == 501 {
                refusal = refusal ?? error
            }
        }
        throw refusal ?? APIError(status: 501, message: "nothing can rank documents here")
    }
}
