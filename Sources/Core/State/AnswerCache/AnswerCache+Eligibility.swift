extension AnswerCache {
    /// Whether an engine answers this request the same way each time: temperature 0, or a seed that is one, and a single
    /// answer.
    public static func isEligible(_ request: ChatRequest) -> Bool {
        var temperature: JSONView?
        var seed: JSONView?
        var isSingle = true
        var drawsAnyway = false
        for (key, value) in request.body.members where key.kind == .string {
            switch key.string {
            case "temperature": temperature = value
            case "seed": seed = value
            case "n", "n_cmpl", "best_of": isSingle = isSingle && (value.isNull || value.int == 1)
            // With these, llama-server draws at temperature 0 as well.
            case "dynatemp_range", "xtc_probability", "mirostat", "adaptive_target":
                drawsAnyway = drawsAnyway || !(value.isNull || value.double == 0)
            case "samplers": drawsAnyway = drawsAnyway || !value.isNull
            default: break
            }
        }
        guard isSingle else { return false }
        return isSeed(seed) || temperature?.double == 0 && !drawsAnyway
    }

    /// llama-server draws a seed of its own for -1, which it also writes as the largest of 32 bits.
    private static func isSeed(_ seed: JSONView?) -> Bool {
        guard let seed = seed?.int else { return false }
        return seed >= 0 && seed < UInt32.max
    }
}
