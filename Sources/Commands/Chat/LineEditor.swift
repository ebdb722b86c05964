/// The text being typed at a prompt, and what each key does to it. Knows no terminal: keys in, actions out.
struct LineEditor: Sendable, Equatable {
    /// What the caller has to do after a key.
    enum Action: Sendable, Equatable {
        /// Nothing has changed.
        case none
        /// Draw the line again.
        case redraw
        /// The line is done.
        case submit(String)
        /// Ctrl-C: the line is to be given up.
        case interrupt
        /// Ctrl-D on an empty line.
        case endOfInput
        /// Clear the screen and draw again.
        case clearScreen
        /// Ctrl-Z: stop the process, draw again afterwards.
        case suspend
    }

    /// The text left of the cursor. Two halves: a character that grows by a combining mark stays one character.
    private(set) var before = ""
    /// The text right of the cursor.
    private(set) var after = ""
    private let history: [String]
    /// Where in the history we are; its count is the line being typed.
    private var position: Int
    /// The line being typed, while an older one is shown.
    private var draft = ""
    /// What Ctrl-K, Ctrl-U or Ctrl-W took away last.
    private var killed = ""

    /// - Parameter history: earlier lines, oldest first.
    init(history: [String] = []) {
        self.history = history
        position = history.count
    }

    /// The whole text.
    var text: String { before + after }

    mutating func feed(_ key: Key) -> Action {
        switch key {
        case .character(let character): before.append(character)
        case .paste(let text): before += text
        case .newline: before.append("\n")
        case .enter: return .submit(text)
        case .interrupt: return .interrupt
        case .endOfInput:
            guard !text.isEmpty else { return .endOfInput }
            return edit { $0.after = String($0.after.dropFirst()) }
        case .clearScreen: return .clearScreen
        case .suspend: return .suspend
        case .other: return .none
        case .up, .down: return vertical(key)
        case .left, .right, .home, .end, .wordLeft, .wordRight: return edit { $0.move(key) }
        case .backspace, .delete, .deleteWordBack, .deleteWordForward, .killToStart, .killToEnd, .yank, .transpose:
            return edit { $0.change(key) }
        }
        return .redraw
    }

    /// `.redraw` when the edit changed something.
    private mutating func edit(_ body: (inout LineEditor) -> Void) -> Action {
        let old = (before, after)
        body(&self)
        return old == (before, after) ? .none : .redraw
    }

    private mutating func move(_ key: Key) {
        switch key {
        case .left: shiftLeft(1)
        case .right: shiftRight(1)
        case .home: shiftLeft(before.count - lineStart)
        case .end: shiftRight(lineRest)
        case .wordLeft: shiftLeft(wordBefore)
        case .wordRight: shiftRight(wordAfter)
        default: break
        }
    }

    private mutating func change(_ key: Key) {
        switch key {
        case .backspace: _ = before.popLast()
        case .delete: after = String(after.dropFirst())
        case .deleteWordBack: kill(before: blankWordBefore)
        case .deleteWordForward: kill(after: wordAfter)
        case .killToStart: kill(before: before.count - lineStart)
        // At the end of a line it takes the line break, so that two lines can be joined.
        case .killToEnd: kill(after: lineRest == 0 ? 1 : lineRest)
        case .yank: before += killed
        case .transpose:
            if after.isEmpty { shiftLeft(1) }
            guard let right = after.first, let left = before.popLast() else { return }
            after.removeFirst()
            before.append(right)
            before.append(left)
        default: break
        }
    }

    private mutating func shiftLeft(_ count: Int) {
        after = before.suffix(count) + after
        before.removeLast(min(count, before.count))
    }

    private mutating func shiftRight(_ count: Int) {
        before += after.prefix(count)
        after.removeFirst(min(count, after.count))
    }

    private mutating func kill(before count: Int) {
        guard count > 0 else { return }
        killed = String(before.suffix(count))
        before.removeLast(min(count, before.count))
    }

    private mutating func kill(after count: Int) {
        guard count > 0, !after.isEmpty else { return }
        killed = String(after.prefix(count))
        after.removeFirst(min(count, after.count))
    }

    // MARK: Lines and words

    /// Characters up to where the cursor's line begins.
    private var lineStart: Int {
        before.lastIndex(of: "\n").map { before.distance(from: before.startIndex, to: $0) + 1 } ?? 0
    }

    /// Characters from the cursor to the end of its line.
    private var lineRest: Int { after.prefix { $0 != "\n" }.count }

    /// Characters back to the start of a word: letters and digits, as Alt-B sees it.
    private var wordBefore: Int { Self.word(before.reversed()) { $0.isLetter || $0.isNumber } }

    /// Characters forward to the end of a word.
    private var wordAfter: Int { Self.word(after) { $0.isLetter || $0.isNumber } }

    /// Characters back to the start of a word between blanks, as Ctrl-W sees it.
    private var blankWordBefore: Int { Self.word(before.reversed()) { !$0.isWhitespace } }

    private static func word(_ characters: some Sequence<Character>, _ belongs: (Character) -> Bool) -> Int {
        var count = 0
        var inside = false
        for character in characters {
            if belongs(character) { inside = true } else if inside { break }
            count += 1
        }
        return count
    }

    // MARK: Up and down

    /// Between the lines of the text first, then through the history.
    private mutating func vertical(_ key: Key) -> Action {
        let column = before.count - lineStart
        if key == .up, lineStart > 0 {
            shiftLeft(column + 1)
            let length = before.count - lineStart
            shiftLeft(max(0, length - column))
            return .redraw
        }
        if key == .down, after.contains("\n") {
            shiftRight(lineRest + 1)
            shiftRight(min(column, lineRest))
            return .redraw
        }
        return browse(key == .up ? position - 1 : position + 1)
    }

    private mutating func browse(_ target: Int) -> Action {
        guard (0...history.count).contains(target) else { return .none }
        if position == history.count { draft = text }
        position = target
        before = target == history.count ? draft : history[target]
        after = ""
        return .redraw
    }
}
