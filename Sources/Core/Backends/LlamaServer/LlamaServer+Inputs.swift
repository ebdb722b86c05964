import Synchronization

extension LlamaServer {
    /// What is known of the texts that an engine reads in one computation, to rank them or to make vectors of them.
    struct Inputs: Sendable, Equatable {
        /// The most tokens of one; nil: nothing is known.
        var limit: Int?
        /// Tokens that its template puts around a query and a document; nil: not measured yet.
        var frame: Int?
        /// Where the server has its model's file from.
        var modelPath: String?
        /// llama.cpp's name for how the model computes; empty where its file cannot be seen here, nil: not looked for yet.
        var architecture: String?
    }

    /// An engine was given more than it reads in one computation.
    struct InputTooLong: Error {
        /// The most tokens that it takes.
        let limit: Int
        /// In words for the client.
        let error: APIError

        /// - Returns: nil when an answer says something else.
        init?(status: Int, body: [UInt8]) {
            error = LlamaServer.error(status: status, body: body)
            let said = (try? JSONView(validating: body))?["error"]
            if said?["type"]?.string == "exceed_context_size_error", let context = said?["n_ctx"]?.int {
                limit = context
            } else if let batch = Self.batchSize(in: said?["message"]?.string ?? "") {
                limit = batch
            } else {
                return nil
            }
        }

        /// "input (513 tokens) is too large to process. increase the physical batch size (current batch size: 512)"
        private static func batchSize(in message: String) -> Int? {
            guard let place = message.firstRange(of: "current batch size: ") else { return nil }
            return Int(message[place.upperBound...].prefix { $0.isNumber })
        }
    }

    /// What is known of its inputs: asked once, and learned from what it refuses.
    func inputs() async -> Inputs {
        if let known = knownInputs.withLock({ $0 }) { return known }
        var inputs = Inputs()
        if let props = try? await json("/props") {
            inputs.limit = props["default_generation_settings"]?["n_ctx"]?.int.flatMap { $0 > 0 ? $0 : nil }
            inputs.modelPath = props["model_path"]?.string
            learn { $0 = inputs }
        }
        return inputs
    }

    /// Remembers something of its inputs.
    func learn(_ change: (inout Inputs) -> Void) {
        knownInputs.withLock { known in
            var inputs = known ?? Inputs()
            change(&inputs)
            known = inputs
        }
    }
}
