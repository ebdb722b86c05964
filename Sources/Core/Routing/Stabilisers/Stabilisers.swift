/// Stabilisers at work.
public enum Stabilisers {
    /// The request as the stabilisers make it: the very one that came, where nothing had to change.
    /// - Parameters:
    ///   - enabled: names of those that are on besides the ones that always are.
    ///   - memory: what earlier requests of the same conversation became.
    /// - Returns: with the request, the names of those that changed it.
    /// - Throws: what `ChatRequest` says of a body; a request that was one stays one.
    public static func apply(
        _ chat: ChatRequest, request: RequestClass, enabled: Set<String>, memory: StabiliserMemory
    ) throws(APIError) -> (chat: ChatRequest, applied: [String]) {
        guard chat.kind == .chat else { return (chat, []) }
        let key = StabiliserMemory.Key(
            // Without a name for it, at least no line goes from one project to another.
            conversation: request.conversation ?? request.project.map { "\($0) \(request.hints.isLocalOnly)" }, chat)
        let known = memory.conversation(key)
        var (chat, conversation, applied) = (chat, known, [String]())
        for stabiliser in Stabiliser.allCases where stabiliser.isAlwaysOn || enabled.contains(stabiliser.rawValue) {
            let edits =
                switch stabiliser {
                case .billingHeader: BillingHeader.edits(chat)
                case .toolOrder: ToolOrder.edits(chat, &conversation)
                case .reminders: Reminders.edits(chat, &conversation)
                case .volatileLines: VolatileLines.edits(chat, &conversation)
                case .reasoning: DroppedReasoning.edits(chat, remembered: memory.reasoning(_:))
                }
            guard let changed = try edited(chat, edits) else { continue }
            chat = changed
            applied.append(stabiliser.rawValue)
        }
        if conversation != known { memory.keep(conversation, key) }
        return (chat, applied)
    }

    /// What a conversation begins with as `apply` makes it, for a state that is made before somebody asks: what is told to the
    /// user's messages waits for them where there are none.
    /// - Parameter enabled: as for `apply`.
    /// - Throws: as `apply`.
    public static func beginning(_ chat: ChatRequest, enabled: Set<String>) throws(APIError) -> ChatRequest {
        guard chat.kind == .chat else { return chat }
        guard chat.messages.allSatisfy(\.isSystem) else {
            let request = RequestClass(kind: .turn)
            return try apply(chat, request: request, enabled: enabled, memory: StabiliserMemory()).chat
        }
        let chat = try edited(chat, BillingHeader.edits(chat)) ?? chat
        guard enabled.contains(Stabiliser.volatileLines.rawValue) else { return chat }
        return try edited(chat, VolatileCut(chat).edits) ?? chat
    }

    private static func edited(_ chat: ChatRequest, _ edits: BodyEdits) throws(APIError) -> ChatRequest? {
        guard !edits.isEmpty else { return nil }
        let document = chat.body.document
        let bytes = edits.applied(to: document, in: document.indices)
        guard let body = try? JSONView(validating: bytes) else { return nil }
        return try ChatRequest(body, kind: chat.kind)
    }

    /// Remembers an answer for the requests that come after it. Costs nothing where no stabiliser wants it.
    /// - Parameters:
    ///   - answer: as the client will send it back, with all that the model thought.
    ///   - chat: what was answered, as `apply` made it.
    ///   - enabled: as for `apply`.
    public static func remember(
        _ answer: JSONValue, to chat: ChatRequest, enabled: Set<String>, memory: StabiliserMemory
    ) {
        guard chat.kind == .chat, enabled.contains(Stabiliser.reasoning.rawValue) else { return }
        memory.insert(DroppedReasoning.entry(answer, to: chat))
    }
}
