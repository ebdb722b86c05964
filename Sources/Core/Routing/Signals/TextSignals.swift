/// What the text of a turn tells, found line by line in one pass over its bytes.
struct TextSignals {
    private(set) var lines = 0
    private(set) var codeLines = 0
    private(set) var hasDiff = false
    private(set) var hasStackTrace = false
    /// Words of programming, and words that ask for thinking, as they came.
    private(set) var codeWords: [String] = []
    private(set) var reasoningWords: [String] = []
    private(set) var prose = ProseSignals()
    private var counts: [Int] = Array(repeating: 0, count: CodeLanguage.all.count)
    private var isFenced = false

    /// Words of each sort that are kept.
    private static let wordLimit = 6

    /// Programming languages, the most frequent first.
    var languages: [String] {
        counts.indices.filter { counts[$0] > 0 }.sorted { (counts[$0], $1) > (counts[$1], $0) }
            .prefix(Self.wordLimit).map { CodeLanguage.all[$0].name }
    }

    mutating func read(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            guard let base = bytes.baseAddress else { return }
            var start = base
            let end = base + bytes.count
            while start < end {
                var stop = start
                while stop < end, stop.pointee != Byte.lineFeed { stop += 1 }
                readLine(start, stop)
                start = stop + 1
            }
        }
    }

    private mutating func readLine(_ start: Cursor, _ stop: Cursor) {
        var first = start
        var end = stop
        while first < end, first.pointee <= Byte.space { first += 1 }
        while end > first, (end - 1).pointee <= Byte.space { end -= 1 }
        guard first < end else { return }
        if Self.begins(first, end, "```") {
            isFenced.toggle()
            if isFenced { count(fence: first + 3, end) }
            return
        }
        lines += 1
        if isCode(first, end, isIndented: first - start >= 4 || start.pointee == Byte.tab) || isFenced {
            codeLines += 1
        } else {
            prose.read(first, end) { key, sense in
                if sense.contains(.code) { Self.note(key, in: &codeWords) }
                if sense.contains(.reasoning) { Self.note(key, in: &reasoningWords) }
            } file: { ending in
                if let language = Self.endings[ending] { counts[language] += 1 }
            }
        }
    }

    private mutating func isCode(_ first: Cursor, _ end: Cursor, isIndented: Bool) -> Bool {
        if Self.diffs.contains(where: { Self.begins(first, end, $0) }) {
            hasDiff = true
            return true
        }
        if Self.traces.contains(where: { Self.begins(first, end, $0) }) {
            hasStackTrace = true
            return true
        }
        for (text, language) in CodeLanguage.byFirstByte[Int(first.pointee)] where Self.begins(first, end, text) {
            counts[language] += 1
            return true
        }
        switch (end - 1).pointee {
        case Byte.openBrace, Byte.closeBrace, UInt8(ascii: ";"): return true
        default: break
        }
        if Self.comments.contains(where: { Self.begins(first, end, $0) }) { return true }
        guard isIndented else { return false }
        var place = first
        while place < end, place.pointee != UInt8(ascii: "("), place.pointee != UInt8(ascii: "=") { place += 1 }
        return place < end
    }

    private mutating func count(fence: Cursor, _ end: Cursor) {
        var key = SignalWords.Key()
        var place = fence
        while place < end, place.pointee > Byte.space, key.count < 16 {
            key.append(place.pointee)
            place += 1
        }
        if let language = Self.endings[key] { counts[language] += 2 }
    }

    private static func note(_ key: SignalWords.Key, in words: inout [String]) {
        let word = key.text
        if words.count < wordLimit, !words.contains(word) { words.append(word) }
    }

    @inline(__always)
    private static func begins(_ place: Cursor, _ end: Cursor, _ text: StaticString) -> Bool {
        let length = text.utf8CodeUnitCount
        guard end - place >= length else { return false }
        var index = 0
        while index < length, place[index] == text.utf8Start[index] { index += 1 }
        return index == length
    }

    @inline(__always)
    private static func begins(_ place: Cursor, _ end: Cursor, _ text: [UInt8]) -> Bool {
        guard end - place >= text.count else { return false }
        var index = 0
        while index < text.count, place[index] == text[index] { index += 1 }
        return index == text.count
    }

    private static let endings: [SignalWords.Key: Int] = Dictionary(
        uniqueKeysWithValues: CodeLanguage.byName.map { (SignalWords.Key($0.key), $0.value) })
    private static let diffs: [StaticString] = ["diff --git ", "@@ -", "--- a/", "+++ b/"]
    private static let comments: [StaticString] = ["//", "/*", "<!--", "</", "#include"]
    private static let traces: [StaticString] = [
        "Traceback (most recent call last)", "File \"", "at java.", "at org.", "at com.", "at Object.", "at async ",
        "at new ", "at Module.", "at process.", "thread '", "panic: ", "goroutine ", "Exception in thread",
        "Caused by: ",
        "Fatal error: ", "fatal error: ", "Unhandled exception", "Unhandled Exception", "Thread 0 Crashed",
        "stack backtrace:",
        "Segmentation fault", "==ERROR: AddressSanitizer",
    ]
}
