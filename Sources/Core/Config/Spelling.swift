/// Finds the word that a misspelt one was meant to be.
public enum Spelling {
    /// The candidate that `word` most likely stands for; nil where none is near. One wrong, missing, additional or swapped
    /// letter counts 1, and a third of the letters may be wrong. A candidate that starts with `word` is near, too.
    public static func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
        let letters = Array(word.lowercased())
        guard !letters.isEmpty else { return nil }
        var best: (candidate: String, distance: Int)?
        for candidate in candidates {
            let other = Array(candidate.lowercased())
            let isBeginning = letters.count >= 3 && other.starts(with: letters)
            let distance = isBeginning ? 1 : self.distance(letters, other)
            guard distance <= max(1, max(letters.count, other.count) / 3), distance < other.count else { continue }
            if distance < best?.distance ?? .max { best = (candidate, distance) }
        }
        return best?.candidate
    }

    /// The number of letters to replace, insert, delete or swap with their neighbour (optimal string alignment).
    static func distance(_ left: [Character], _ right: [Character]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for (row, letter) in left.enumerated() {
            var current = [row + 1]
            for (column, other) in right.enumerated() {
                var cost = min(last[column + 1] + 1, current[column] + 1, last[column] + (letter == other ? 0 : 1))
                if row > 0, column > 0, letter == right[column - 1], left[row - 1] == other {
                    cost = min(cost, beforeLast[column - 1] + 1)
                }
                current.append(cost)
            }
            beforeLast = last
            last = current
        }
        return last[right.count]
    }
}
