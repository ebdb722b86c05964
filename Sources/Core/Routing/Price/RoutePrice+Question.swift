extension RoutePrice {
    /// What an answer costs by what is known: `restore` and `prefill` are those of the cheaper way to the prompt's state,
    /// from the slot or from the disk.
    public init(_ question: PriceQuestion) {
        self.init(model: question.model)
        claim = question.claim
        queue = Self.seconds(question.queueSeconds)
        swap = Self.seconds(question.swapSeconds)

        let isHosted = question.tokenPrice != nil
        let prompt = max(0, question.promptTokens)
        let answer = max(0, question.answerTokens)
        let prefillRate = Self.rate(question.prefillRate, usual: isHosted ? 2_000 : 500)
        func reading(behind known: Int) -> Double { Double(prompt - min(max(0, known), prompt)) / prefillRate }

        prefill = reading(behind: max(question.warmTokens, isHosted ? question.cachedTokens : 0))
        if question.storedTokens > question.warmTokens {
            let restore = Self.seconds(question.restoreSeconds)
            let rest = reading(behind: question.storedTokens)
            if restore + rest < prefill { (self.restore, prefill) = (restore, rest) }
        }
        decode = Double(answer) / Self.rate(question.decodeRate, usual: isHosted ? 50 : 20)
        dollars = question.tokenPrice?.dollars(prompt: prompt, cached: question.cachedTokens, answer: answer) ?? 0
    }

    /// A rate that can be divided by: until one was measured, what is usual.
    private static func rate(_ measured: Double?, usual: Double) -> Double {
        guard let measured, measured.isFinite, measured > 0 else { return usual }
        return measured
    }

    /// A time that can be added: no longer than a day, which is as good as never.
    private static func seconds(_ seconds: Double) -> Double {
        seconds.isNaN ? 0 : min(max(0, seconds), 86_400)
    }
}
