/// Whether one model can guess for another: by llama.cpp's rule, both must have the same tokens. llama-server itself says
/// only in its log that it does not use a draft.
public enum DraftPairing {
    /// Token numbers up to which texts may differ, and by how many tokens one vocabulary may be larger.
    static let firstCompared = 5
    static let sizeTolerance = 128

    /// Why llama-server would not use a draft model for a target; nil: it would.
    public static func refusal(target: ModelHeader, draft: ModelHeader) -> String? {
        guard draft.kind == .text else { return "it is of kind \(draft.kind.rawValue)" }
        guard draft.memory.recurrent.isEmpty else {
            return "it has recurrent parts, which cannot be taken back a token"
        }
        guard let ours = target.vocabulary, let theirs = draft.vocabulary else {
            return target.vocabulary == nil ? "the target has no vocabulary" : "it has no vocabulary"
        }
        guard ours.kind == theirs.kind, ours.kind != nil || ours.model == theirs.model else {
            return "its vocabulary is of kind \(words(theirs)), the target's of kind \(words(ours))"
        }
        if let reason = refusal(
            "beginning", ours.addsBeginning ? .some(ours.beginning) : nil,
            theirs.addsBeginning ? .some(theirs.beginning) : nil)
        {
            return reason
        }
        if let reason = refusal("end", ours.addsEnd ? .some(ours.end) : nil, theirs.addsEnd ? .some(theirs.end) : nil) {
            return reason
        }
        guard abs(ours.size - theirs.size) <= sizeTolerance else {
            return
                "it has \(theirs.size) tokens and the target \(ours.size), which differs by more than \(sizeTolerance)"
        }
        return differingToken(ours, theirs)
    }

    /// - Parameters: a token that is put at a place in each model; nil: none is put there.
    private static func refusal(_ place: String, _ ours: Int??, _ theirs: Int??) -> String? {
        switch (ours, theirs) {
        case (nil, nil): nil
        case (.some, nil): "the target puts a token at the \(place) of a prompt, and it does not"
        case (nil, .some): "it puts a token at the \(place) of a prompt, and the target does not"
        case (.some(let ours), .some(let theirs)) where ours != theirs:
            "its token at the \(place) of a prompt is \(number(theirs)), the target's \(number(ours))"
        default: nil
        }
    }

    private static func differingToken(_ ours: Vocabulary, _ theirs: Vocabulary) -> String? {
        let count = min(ours.size, theirs.size)
        for token in firstCompared..<max(firstCompared, count) {
            // llama.cpp compares up to a null byte.
            let texts = [ours, theirs].map { $0.bytes(of: token).map { $0.prefix { $0 != 0 } } }
            guard texts[0] != texts[1] else { continue }
            let words = texts.map { $0.map { "'\(String(decoding: $0, as: UTF8.self))'" } ?? "nothing" }
            return "its token \(token) is \(words[1]), the target's \(words[0])"
        }
        return nil
    }

    private static func words(_ vocabulary: Vocabulary) -> String { vocabulary.kind?.rawValue ?? vocabulary.model }

    private static func number(_ token: Int?) -> String { token.map { "\($0)" } ?? "none" }
}
