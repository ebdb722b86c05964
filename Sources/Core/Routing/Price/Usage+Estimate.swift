extension Usage {
    /// About as many tokens as their lengths tell, where nobody counted them.
    /// - Parameters:
    ///   - prompt: tokens of the prompt.
    ///   - answerBytes: bytes of the answer, as far as it came.
    init(estimating prompt: Int, answerBytes: Int = 0) {
        self.init()
        self.prompt = prompt
        completion = answerBytes / ContentSignals.bytesPerToken
    }

    /// Whether it tells of any tokens.
    var isTold: Bool { prompt != nil || completion != nil }
}
