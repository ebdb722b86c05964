#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A place that a search found.
public struct SearchHit: Sendable, Equatable {
    /// Which of the indexes it is in, in the order in which they were added.
    public var index: Int
    /// The path of the file from the root of its tree.
    public var path: String
    /// Line numbers from 1.
    public var lines: ClosedRange<Int>
    /// How well its words fit the question: BM25, above 0.
    public var score: Double

    public init(index: Int, path: String, lines: ClosedRange<Int>, score: Double) {
        self.index = index
        self.path = path
        self.lines = lines
        self.score = score
    }
}

/// Finds the chunks whose words fit a question best, by BM25 (Robertson and Zaragoza, The Probabilistic Relevance Framework,
/// 2009) over the words of all indexes together.
public struct LexicalSearch: Sendable {
    /// The most different words of a question that count.
    private static let wordLimit = 64
    /// How soon more of the same word counts for less, and how much long chunks are held back.
    private static let (saturation, lengthShare) = (1.2, 0.75)
    /// How often a word in the path counts as one of the text.
    private static let pathWeight = 2

    private let words: [UInt32]
    private var indexes: [SearchIndex] = []
    private var matches: [Match] = []
    /// For each match, how often each word of the question comes.
    private var frequencies: [UInt16] = []
    private var chunks = 0
    private var length = 0

    private struct Match {
        var index: Int
        var file: Int
        var chunk: Int
    }

    /// - Parameter question: in ordinary words, identifiers or both.
    public init(_ question: String) {
        let all = SearchWords.hashes(in: question.utf8)
        let telling = all.filter { !Self.silent.contains($0) }
        var seen: Set<UInt32> = []
        words = Array((telling.isEmpty ? all : telling).filter { seen.insert($0).inserted }.prefix(Self.wordLimit))
    }

    /// Whether there is a word in the question that can be found.
    public var hasWords: Bool { !words.isEmpty }

    /// Looks through an index.
    /// - Parameter isWanted: which files count, by their paths.
    public mutating func add(_ index: SearchIndex, where isWanted: (String) -> Bool = { _ in true }) {
        indexes.append(index)
        var found = [UInt16](repeating: 0, count: words.count)
        for (number, file) in index.files.enumerated() where isWanted(file.source.path) {
            let inPath = counts(inPath: file.source.path)
            for place in file.chunks {
                let chunk = index.chunks[place]
                chunks += 1
                length += chunk.length
                var isFound = false
                for (word, hash) in words.enumerated() {
                    found[word] = inPath[word] + UInt16(Self.count(of: hash, in: chunk.words, index))
                    if found[word] > 0 { isFound = true }
                }
                guard isFound else { continue }
                matches.append(Match(index: indexes.count - 1, file: number, chunk: place))
                frequencies += found
            }
        }
    }

    /// The best places, at most so many; of equal ones the first.
    public func best(_ limit: Int) -> [SearchHit] {
        let weights = weights
        let average = max(1, Double(length) / Double(max(1, chunks)))
        let scored = matches.indices.map { place -> (score: Double, place: Int) in
            let chunk = indexes[matches[place].index].chunks[matches[place].chunk]
            let norm = Self.saturation * (1 - Self.lengthShare + Self.lengthShare * Double(chunk.length) / average)
            var score = 0.0
            for word in words.indices {
                let count = Double(frequencies[place * words.count + word])
                score += weights[word] * count * (Self.saturation + 1) / (count + norm)
            }
            return (score, place)
        }
        return scored.sorted { ($1.score, $0.place) < ($0.score, $1.place) }.prefix(max(0, limit)).map { score, place in
            let match = matches[place]
            let chunk = indexes[match.index].chunks[match.chunk]
            return SearchHit(
                index: match.index, path: indexes[match.index].files[match.file].source.path,
                lines: chunk.firstLine...chunk.lastLine, score: score)
        }
    }

    /// What each word is worth: the fewer chunks it is in, the more.
    private var weights: [Double] {
        words.indices.map { word in
            let having = stride(from: word, to: frequencies.count, by: words.count).count { frequencies[$0] > 0 }
            return log(1 + (Double(chunks - having) + 0.5) / (Double(having) + 0.5))
        }
    }

    private func counts(inPath path: String) -> [UInt16] {
        let all = SearchWords.hashes(in: path.utf8)
        return words.map { hash in UInt16(clamping: Self.pathWeight * all.count { $0 == hash }) }
    }

    /// How often a word comes in a chunk.
    private static func count(of hash: UInt32, in range: Range<Int>, _ index: SearchIndex) -> UInt8 {
        var (low, high) = (range.lowerBound, range.upperBound)
        while low < high {
            let middle = (low + high) / 2
            if index.hashes[middle] < hash { low = middle + 1 } else { high = middle }
        }
        return low < range.upperBound && index.hashes[low] == hash ? index.counts[low] : 0
    }

    /// Words that say nothing of what is looked for.
    private static let silent = Set(
        SearchWords.hashes(
            in: """
                a about all an and any are as at be been before but by can do does each every for from get had has have how i if \
                in into is it its just like may me most my no not of on one only or our out over so some such than that the \
                their them then there these they this those through to too up upon us use used uses using very was we were what \
                when where whether which while who whose why will with within would you your code find show
                """.utf8))
}
