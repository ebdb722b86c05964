extension Backends {
    /// Asks GLM for a whole answer to a request that LocalCode makes, and counts what that costs.
    /// - Parameters:
    ///   - body: what GLM gets.
    ///   - local: what is left to do with the answer.
    ///   - limit: the longest answer, in bytes.
    /// - Returns: the answer in OpenAI's shape, and its tokens, as far as GLM tells.
    /// - Throws: `APIError`, `CancellationError`.
    func askGLM(
        _ body: JSONValue, _ local: GLMRequest.LocalRules, model: String, requestID: String, limit: Int
    ) async throws -> (answer: JSONValue, usage: Usage) {
        let sent = body.bytes
        do {
            let response = try await glm.send(sent, requestID: requestID)
            let received = try await response.body.collect(upTo: limit)
            var said = ChatAnswer(previewLimit: 0)
            if let view = try? JSONView(validating: received) { _ = said.observe(view) }
            spend(
                said.usage.isTold ? said.usage : Self.estimate(sent, answerBytes: said.textBytes), on: model)
            let answer = try GLMResponse.translate(JSONValue(parsing: received), local: local, hasKey: glm.hasKey).body
            return (answer, said.usage)
        } catch let failure as UpstreamFailure {
            throw APIError(failure)
        } catch let error as HTTPClientError {
            throw APIError(error, from: "glm")
        } catch let error as JSONError {
            throw APIError.brokenGLM(error)
        } catch {
            // Who has left is not told.
            spend(Self.estimate(sent), on: model)
            throw error
        }
    }

    /// Counts what a request to GLM has cost.
    func spend(_ usage: Usage, on model: String) {
        guard let price = glm.price(of: model) else { return }
        routes.spending?.add(price.dollars(for: usage))
    }

    private static func estimate(_ sent: [UInt8], answerBytes: Int = 0) -> Usage {
        Usage(estimating: sent.count / ContentSignals.bytesPerToken, answerBytes: answerBytes)
    }
}

extension APIError {
    /// What GLM answered cannot be read.
    static func brokenGLM(_ error: JSONError) -> APIError {
        APIError(status: 502, message: "GLM's answer is not JSON: \(error)", code: "upstream_broken")
    }
}
