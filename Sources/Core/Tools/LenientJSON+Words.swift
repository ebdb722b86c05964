extension LenientJSON {
    /// Reads a key without quotes.
    mutating func readKeyWord() {
        let word = takeWord { $0 == Byte.colon || $0 == UInt8(ascii: "=") }
        note(.keys)
        output += JSONText.quoted(String(decoding: word, as: UTF8.self))
    }

    /// Reads a value that is neither in quotes nor in brackets.
    mutating func readWord() {
        let word = takeScalar() ?? takeWord { _ in false }
        if (try? JSONView(validating: Array(word))) != nil {
            output += word
        } else if place == text.count, let whole = Self.beginning(word) {
            note(.cutOff)
            output += whole
        } else if let literal = Self.literal(word) {
            note(.literals)
            output += Array(literal.utf8)
        } else if let number = Self.number(word) {
            note(.numbers)
            output += number
        } else {
            note(.words)
            output += JSONText.quoted(String(decoding: word, as: UTF8.self))
        }
    }

    /// Moves behind a number or literal that has a blank behind it and then, without a comma, what comes next.
    private mutating func takeScalar() -> ArraySlice<UInt8>? {
        let word = text[place...].prefix(Self.longestNumber).prefix { $0 > Byte.space && !Self.endsWord($0) }
        guard word.endIndex < text.count, text[word.endIndex] <= Byte.space, isFollowed(word.endIndex) else {
            return nil
        }
        guard Self.literal(word) != nil || Self.number(word) != nil else { return nil }
        place = word.endIndex
        return word
    }

    /// Moves behind a word, which ends where a container or a line does.
    private mutating func takeWord(_ isEnd: (UInt8) -> Bool) -> ArraySlice<UInt8> {
        let start = place
        while let byte, !Self.endsWord(byte), !isEnd(byte) { place += 1 }
        var word = text[start..<place]
        while let last = word.last, last <= Byte.space { word.removeLast() }
        return word
    }

    private static func endsWord(_ byte: UInt8) -> Bool {
        switch byte {
        case Byte.comma, Byte.closeBrace, Byte.closeBracket, Byte.openBrace, Byte.openBracket, Byte.lineFeed: true
        default: false
        }
    }

    // MARK: - What a word means

    private static let longestNumber = 64

    /// JSON's literal for one of another language, or of JSON itself.
    static func literal(_ word: ArraySlice<UInt8>) -> String? {
        switch String(decoding: word.prefix(16), as: UTF8.self) {
        case "true", "True", "TRUE": "true"
        case "false", "False", "FALSE": "false"
        case "null", "None", "NULL", "Null", "nil", "undefined", "NaN", "Infinity", "-Infinity": "null"
        default: nil
        }
    }

    /// A number in JSON's spelling: without a sign, zeros or underscores that JSON has not, and with digits at both sides of
    /// the point.
    private static func number(_ word: ArraySlice<UInt8>) -> [UInt8]? {
        guard word.count <= longestNumber else { return nil }
        let zero = UInt8(ascii: "0")
        let point = UInt8(ascii: ".")
        var digits = word.filter { $0 != UInt8(ascii: "_") }
        if digits.first == UInt8(ascii: "+") { digits.removeFirst() }
        let isNegative = digits.first == Byte.minus
        if isNegative { digits.removeFirst() }
        if digits.count > 2, digits[0] == zero, digits[1] | 0x20 == UInt8(ascii: "x") {
            let value = Int(String(decoding: digits.dropFirst(2), as: UTF8.self), radix: 16)
            return value.map { Array((isNegative ? "-\($0)" : "\($0)").utf8) }
        }
        while digits.count > 1, digits[0] == zero, digits[1] != point, digits[1] | 0x20 != UInt8(ascii: "e") {
            digits.removeFirst()
        }
        if digits.first == point { digits.insert(zero, at: 0) }
        if digits.last == point { digits.append(zero) }
        let number = (isNegative ? [Byte.minus] : []) + digits
        guard let view = try? JSONView(validating: number), view.kind == .number else { return nil }
        return number
    }

    /// What a word was going to be that the text ends in.
    private static func beginning(_ word: ArraySlice<UInt8>) -> [UInt8]? {
        for literal in ["true", "false", "null"] where !word.isEmpty && literal.utf8.starts(with: word) {
            return Array(literal.utf8)
        }
        var number = word
        while let last = number.last, "eE+-.".utf8.contains(last) { number.removeLast() }
        if number.isEmpty { return Array("null".utf8) }
        guard let view = try? JSONView(validating: Array(number)), view.kind == .number else { return nil }
        return Array(number)
    }
}
