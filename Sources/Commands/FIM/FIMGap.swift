/// A place in a file, as compilers and editors write it.
struct FIMPlace: Sendable, Equatable {
    var path: String
    /// From 1.
    var line: Int
    /// From 1, in characters (Unicode scalars); nil is the end of the line.
    var column: Int?

    /// `main.c:12:5`, or `main.c:12` for the end of the line.
    /// - Throws: `UsageError`.
    init(_ text: String) throws(UsageError) {
        var parts = text.split(separator: ":", omittingEmptySubsequences: false)
        // Compilers put a colon behind the column as well.
        if parts.count > 2, parts.last == "" { parts.removeLast() }
        var numbers: [Int] = []
        while numbers.count < 2, parts.count > 1, let number = parts.last.flatMap({ Int($0) }) {
            numbers.insert(number, at: 0)
            parts.removeLast()
        }
        let path = parts.joined(separator: ":")
        guard let line = numbers.first, !path.isEmpty else {
            throw UsageError("'\(text)' names no place in a file", hint: "FILE:LINE:COL, for example main.c:12:5")
        }
        guard numbers.allSatisfy({ $0 > 0 }) else { throw UsageError("lines and columns are counted from 1") }
        self.path = path
        self.line = line
        column = numbers.count > 1 ? numbers[1] : nil
    }
}

/// What stands on both sides of the place where text is missing.
struct FIMGap: Sendable, Equatable {
    /// The file that it is in, as the user wrote it; nil where it is in none.
    var path: String?
    var prefix: String
    var suffix: String

    init(path: String? = nil, prefix: String, suffix: String) {
        self.path = path
        self.prefix = prefix
        self.suffix = suffix
    }

    /// The gap at a place of a text.
    /// - Throws: `Failure` when the text has no such place.
    init(_ place: FIMPlace, in text: String) throws(Failure) {
        let scalars = text.unicodeScalars
        var start = scalars.startIndex
        for line in 1..<place.line {
            guard let end = scalars[start...].firstIndex(of: "\n") else {
                throw Failure("\(place.path) has no line \(place.line)", hint: "its last line is \(line)")
            }
            start = scalars.index(after: end)
        }
        var end = scalars[start...].firstIndex(of: "\n") ?? scalars.endIndex
        if end > start, scalars[scalars.index(before: end)] == "\r" { end = scalars.index(before: end) }
        let offset = place.column.map { $0 - 1 }
        guard let position = offset.map({ scalars.index(start, offsetBy: $0, limitedBy: end) }) ?? end else {
            let last = scalars.distance(from: start, to: end) + 1
            throw Failure(
                "line \(place.line) of \(place.path) has no column \(place.column ?? 0)",
                hint: "its end is column \(last)"
            )
        }
        self.init(path: place.path, prefix: String(scalars[..<position]), suffix: String(scalars[position...]))
    }

    /// The gap at the mark of a text.
    /// - Throws: `UsageError` unless the mark stands there once.
    init(marked text: String, mark: String) throws(UsageError) {
        guard !mark.isEmpty else { throw UsageError("--mark is empty") }
        guard let place = text.firstRange(of: mark) else {
            throw UsageError("there is no \(mark) in the text", hint: "put it where the text is missing, or see --mark")
        }
        guard text[place.upperBound...].firstRange(of: mark) == nil else {
            throw UsageError("there is more than one \(mark) in the text", hint: "name another mark with --mark")
        }
        self.init(prefix: String(text[..<place.lowerBound]), suffix: String(text[place.upperBound...]))
    }
}
