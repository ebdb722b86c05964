/// What sentences tell: whether they ask or order, and which language they are in.
struct ProseSignals {
    /// Words that are looked at: more tell nothing new.
    private static let wordLimit = 400

    private var words = 0
    private var frequent: [Int] = Array(repeating: 0, count: SignalWords.languages.count)
    private var scripts: [Int] = Array(repeating: 0, count: Script.allCases.count)
    private var orders = 0
    private var beginsWithOrder = false
    private var beginsWithQuestion = false
    private var isPolite = false
    private var endsWithQuestion = false
    private var previous = SignalWords.Key()

    /// Scripts other than the Latin one, with the language that they are taken for.
    private enum Script: Int, CaseIterable {
        case han, kana, hangul, cyrillic, arabic, hebrew, greek, devanagari, thai

        var language: String {
            switch self {
            case .han: "zh"
            case .kana: "ja"
            case .hangul: "ko"
            case .cyrillic: "ru"
            case .arabic: "ar"
            case .hebrew: "he"
            case .greek: "el"
            case .devanagari: "hi"
            case .thai: "th"
            }
        }
    }

    /// Whether it asks something rather than telling to do something; nil: neither can be told.
    var isQuestion: Bool? {
        if isPolite || beginsWithOrder { return false }
        if endsWithQuestion { return true }
        if orders > 0 { return false }
        return beginsWithQuestion ? true : nil
    }

    /// ISO 639-1; nil: not told.
    var language: String? {
        let foreign = scripts.reduce(0, +)
        if foreign > 1, foreign * 2 > words {
            // Japanese has Han as well, Chinese has no kana.
            if scripts[Script.kana.rawValue] * 8 > foreign { return Script.kana.language }
            return Script.allCases.max { scripts[$0.rawValue] < scripts[$1.rawValue] }?.language
        }
        guard let best = frequent.indices.max(by: { (frequent[$0], $1) < (frequent[$1], $0) }), frequent[best] >= 2
        else {
            return nil
        }
        return SignalWords.languages[best].code
    }

    /// Reads a line.
    /// - Parameters:
    ///   - note: gets words that mean something.
    ///   - file: gets what stands behind a dot within a word.
    @inline(__always)
    mutating func read(
        _ start: Cursor, _ end: Cursor, note: (SignalWords.Key, SignalWords.Sense) -> Void,
        file: (SignalWords.Key) -> Void
    ) {
        guard words < Self.wordLimit else {
            endsWithQuestion = (end - 1).pointee == UInt8(ascii: "?")
            return
        }
        var key = SignalWords.Key()
        var isBehindDot = false
        var isSentenceStart = true
        var place = start
        while place <= end {
            // Behind the last byte, the last word ends.
            let byte = place < end ? place.pointee : Byte.space
            place += 1
            if let letter = letter(byte, key) {
                key.append(letter)
                if byte >= 0xC0 { count(script: byte, place < end ? place.pointee : 0) }
                continue
            }
            if key.count > 0 {
                if isBehindDot { file(key) } else { take(key, isSentenceStart, note) }
                isSentenceStart = false
                isBehindDot = byte == UInt8(ascii: ".")
                key = SignalWords.Key()
            } else {
                isBehindDot = false
            }
            switch byte {
            case UInt8(ascii: "."), UInt8(ascii: "!"), UInt8(ascii: "?"), Byte.colon: isSentenceStart = true
            default: break
            }
        }
        let last = (end - 1).pointee
        // The last three bytes of the wide question mark of Chinese and Japanese, and of the Arabic one.
        let isWide = end - start >= 3 && end[-3] == 0xEF && end[-2] == 0xBC && last == 0x9F
        let isArabic = end - start >= 2 && end[-2] == 0xD8 && last == 0x9F
        endsWithQuestion = last == UInt8(ascii: "?") || isWide || isArabic
    }

    /// The byte as part of a word, in small letters; nil: it is none.
    @inline(__always)
    private func letter(_ byte: UInt8, _ key: SignalWords.Key) -> UInt8? {
        switch byte {
        case 0x61...0x7A: byte
        case 0x41...0x5A: byte | 0x20
        case UInt8(ascii: "-"), UInt8(ascii: "'"), UInt8(ascii: "_"), 0x30...0x39: key.count > 0 ? byte : nil
        // The capital letters of Latin-1, behind their first byte.
        case 0x80...0x9E where key.lastByte == 0xC3: byte + 0x20
        case 0x80...: byte
        default: nil
        }
    }

    private mutating func take(
        _ key: SignalWords.Key, _ isSentenceStart: Bool, _ note: (SignalWords.Key, SignalWords.Sense) -> Void
    ) {
        words += 1
        defer { previous = key }
        guard key.count <= 16, let entry = SignalWords.table[key] else { return }
        if entry.languages != 0 {
            for index in frequent.indices where entry.languages & 1 << UInt16(index) != 0 { frequent[index] += 1 }
        }
        if isSentenceStart, entry.sense.contains(.order) {
            orders += 1
            if words == 1 { beginsWithOrder = true }
        }
        if words == 1, entry.sense.contains(.question) { beginsWithQuestion = true }
        if words == 2, Self.addressed.contains(key), Self.modal.contains(previous) { isPolite = true }
        if !entry.sense.isDisjoint(with: [.code, .reasoning]) { note(key, entry.sense) }
    }

    private static let modal = Set(["can", "could", "would", "will", "kannst", "könntest"].map(SignalWords.Key.init))
    private static let addressed = Set(["you", "du"].map(SignalWords.Key.init))

    /// Counts a character by its first two bytes.
    private mutating func count(script first: UInt8, _ second: UInt8) {
        let script: Script? =
            switch first {
            case 0xCE, 0xCF: .greek
            case 0xD0, 0xD1: .cyrillic
            case 0xD6, 0xD7: .hebrew
            case 0xD8...0xDB: .arabic
            case 0xE0: second & 0xFC == 0xA4 ? .devanagari : second & 0xFC == 0xB8 ? .thai : nil
            case 0xE3: second >= 0x81 && second <= 0x83 ? .kana : nil
            case 0xE4...0xE9: .han
            case 0xEA...0xED: .hangul
            default: nil
            }
        if let script { scripts[script.rawValue] += 1 }
    }
}

extension SignalWords.Key {
    /// The byte that came last.
    fileprivate var lastByte: UInt8 { UInt8(truncatingIfNeeded: count <= 8 ? low : high) }
}
