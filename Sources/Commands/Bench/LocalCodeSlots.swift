import LocalCodeCore

/// What `serve` says of its slots.
enum LocalCodeSlots {
    /// Nanoseconds in which an idle slot is saved, if LocalCode finds that worth it.
    private static let patience: UInt64 = 4_000_000_000

    /// Returns when LocalCode has saved what is idle, or would have by now. Blocks its thread.
    static func waitUntilSaved(_ client: EngineClient) throws {
        let limit = monotonicNanoseconds() + patience
        while monotonicNanoseconds() < limit {
            try Interruption.check()
            let answer = try client.get("/localcode/slots")
            guard answer.status == 200, let view = try? JSONView(validating: answer.body), let slots = view["slots"]
            else {
                throw Failure(
                    "\(client.endpoint.url)/localcode/slots answered with status \(answer.status): "
                        + String(decoding: answer.body.prefix(400), as: UTF8.self))
            }
            if areSaved(slots) { return }
            pause(milliseconds: 50)
        }
    }

    static func areSaved(_ slots: JSONView) -> Bool {
        slots.elements.allSatisfy { $0["state"]?.string != "busy" && $0["dirty"]?.bool != true }
    }
}
