/// Tells code in Markdown from the text around it, byte by byte.
struct CodeSpans: Sendable {
    /// The number of backticks that opened the fence; 0 outside.
    private var fence = 0
    private var isInLineCode = false
    /// Backticks that have just come.
    private var run = 0
    private var isAtLineStart = true
    private var startedLine = true

    /// Whether what comes next stands in code.
    var isCode: Bool { fence > 0 || isInLineCode || run > 0 }

    mutating func push(_ byte: UInt8) {
        if byte == UInt8(ascii: "`") {
            if run == 0 { startedLine = isAtLineStart }
            run += 1
            isAtLineStart = false
            return
        }
        if run > 0 { endRun(before: byte) }
        if byte == Byte.lineFeed {
            isAtLineStart = true
            isInLineCode = false
        } else if byte > Byte.space {
            isAtLineStart = false
        }
    }

    private mutating func endRun(before byte: UInt8) {
        if startedLine, run >= 3 {
            if fence == 0 {
                fence = run
            } else if run >= fence, byte <= Byte.space {
                fence = 0
            }
        } else if fence == 0 {
            isInLineCode.toggle()
        }
        run = 0
    }
}
