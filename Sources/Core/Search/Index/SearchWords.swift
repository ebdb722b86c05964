/// The words of source text as they are searched: identifiers whole and in their parts, in lower case, without endings.
///
/// `HTTPServer.sendAll_bytes` has `httpserver`, `http`, `serv`, `sendallbyt`, `send`, `all` and `byt`. A word is known by a
/// hash of it; two of a million words share one by chance, which costs a place in an order and nothing else.
struct SearchWords {
    /// Longer ones are data, not words.
    private static let longest = 96

    private var part: [UInt8] = []
    private var whole: [UInt8] = []

    /// The hashes of the words in a text.
    static func hashes(in text: some Sequence<UInt8>) -> [UInt32] {
        var words = SearchWords()
        var hashes: [UInt32] = []
        let bytes = Array(text)
        words.read(bytes, bytes.indices, into: &hashes)
        return hashes
    }

    /// Adds the hashes of the words in some of the bytes.
    mutating func read(_ bytes: [UInt8], _ range: Range<Int>, into hashes: inout [UInt32]) {
        var place = range.lowerBound
        while place < range.upperBound {
            guard Self.isInWord(bytes[place]) else {
                place += 1
                continue
            }
            let start = place
            while place < range.upperBound, Self.isInWord(bytes[place]) { place += 1 }
            if place - start <= Self.longest { readIdentifier(bytes, start..<place, into: &hashes) }
        }
    }

    private mutating func readIdentifier(_ bytes: [UInt8], _ range: Range<Int>, into hashes: inout [UInt32]) {
        whole.removeAll(keepingCapacity: true)
        part.removeAll(keepingCapacity: true)
        var parts = 0
        for place in range {
            let byte = bytes[place]
            if byte == UInt8(ascii: "_") || Self.isBorder(bytes, place, in: range), !part.isEmpty {
                Self.add(&part, to: &hashes)
                part.removeAll(keepingCapacity: true)
                parts += 1
            }
            guard byte != UInt8(ascii: "_") else { continue }
            let lower = Self.isUpper(byte) ? byte | 0x20 : byte
            part.append(lower)
            whole.append(lower)
        }
        if !part.isEmpty {
            Self.add(&part, to: &hashes)
            parts += 1
        }
        if parts > 1 { Self.add(&whole, to: &hashes) }
    }

    /// Whether a part begins here: `a|B`, `HTTP|Server`.
    private static func isBorder(_ bytes: [UInt8], _ place: Int, in range: Range<Int>) -> Bool {
        guard place > range.lowerBound, isUpper(bytes[place]) else { return false }
        if !isUpper(bytes[place - 1]) { return true }
        return place + 1 < range.upperBound && isLower(bytes[place + 1])
    }

    private static func add(_ word: inout [UInt8], to hashes: inout [UInt32]) {
        guard word.count > 1 else { return }
        WordEnding.remove(from: &word)
        // FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/).
        var hash: UInt32 = 0x811C_9DC5
        for byte in word { hash = (hash ^ UInt32(byte)) &* 0x0100_0193 }
        hashes.append(hash)
    }

    /// Letters, digits, underscores, and all that is not ASCII.
    private static func isInWord(_ byte: UInt8) -> Bool {
        isLower(byte) || isUpper(byte) || byte >= 0x80 || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "_")
    }

    private static func isUpper(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte) }
    private static func isLower(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) }
}

/// English endings, so that `saves`, `saved`, `saving` and `save` are one word. A rough cut is enough: question and text are
/// cut alike.
enum WordEnding {
    /// Takes the ending off a word in lower case.
    static func remove(from word: inout [UInt8]) {
        if word.count > 4, ends(word, "ies") {
            word.removeLast(2)
        } else if word.count > 3, ends(word, "s"), !ends(word, "ss"), !ends(word, "us"), !ends(word, "is") {
            word.removeLast()
        }
        if word.count > 5, ends(word, "ion") {
            word.removeLast(3)
        } else if ends(word, "ing"), hasVowel(word.dropLast(3)) {
            word.removeLast(3)
            undouble(&word)
        } else if ends(word, "ed"), !ends(word, "eed"), hasVowel(word.dropLast(2)) {
            word.removeLast(2)
            undouble(&word)
        } else if word.count > 5, ends(word, "er") || ends(word, "or") {
            word.removeLast(2)
            undouble(&word)
        }
        if word.count > 3, ends(word, "e") { word.removeLast() }
        if word.count > 3, ends(word, "y") { word[word.count - 1] = UInt8(ascii: "i") }
    }

    private static func ends(_ word: [UInt8], _ ending: StaticString) -> Bool {
        let length = ending.utf8CodeUnitCount
        guard word.count >= length else { return false }
        return ending.withUTF8Buffer { buffer in
            for place in 0..<length where buffer[place] != word[word.count - length + place] { return false }
            return true
        }
    }

    /// Whether what would be left is a word: three letters, one of them a vowel.
    private static func hasVowel(_ rest: ArraySlice<UInt8>) -> Bool {
        rest.count > 2 && rest.contains { "aeiouy".utf8.contains($0) }
    }

    /// `runn` to `run`.
    private static func undouble(_ word: inout [UInt8]) {
        guard word.count > 3, let last = word.last, last == word[word.count - 2] else { return }
        if !"lsz".utf8.contains(last) { word.removeLast() }
    }
}
