/// Questions about a tree of source files, and the files that answer them.
struct SearchQuestions: Sendable, Equatable {
    struct Question: Sendable, Equatable {
        var text: String
        /// Paths of files, or of directories, from the root of the tree. One of them is to be found.
        var answers: [String]
    }

    let all: [Question]

    /// - Parameter text: a question a line, its answers behind tabs; lines that begin with `#` are comments.
    /// - Throws: `Failure` that names the line.
    init(_ text: String, named name: String) throws(Failure) {
        var all: [Question] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            guard !line.isEmpty, !line.hasPrefix("#") else { continue }
            let parts = line.split(separator: "\t").map(String.init)
            guard parts.count > 1 else {
                throw Failure("\(name), line \(index + 1): a question needs a tab and a path that answers it")
            }
            all.append(Question(text: parts[0], answers: Array(parts.dropFirst())))
        }
        guard !all.isEmpty else { throw Failure("there are no questions in \(name)") }
        self.all = all
    }
}

extension SearchQuestions.Question {
    /// The place of the first answer, from 1; nil where there is none.
    /// - Parameter paths: what was found, the best first.
    func rank(in paths: [String]) -> Int? {
        let index = paths.firstIndex { path in answers.contains { path == $0 || path.hasPrefix("\($0)/") } }
        return index.map { $0 + 1 }
    }
}

/// How well questions were answered.
struct SearchRecall: Sendable, Equatable {
    private(set) var questions = 0
    private var first = 0
    private var amongTen = 0

    mutating func add(rank: Int?) {
        questions += 1
        guard let rank else { return }
        if rank == 1 { first += 1 }
        if rank <= 10 { amongTen += 1 }
    }

    /// Of a hundred questions, those whose answer is among the first ten places.
    var atTen: Double { percent(amongTen) }
    /// Of a hundred questions, those whose answer comes first.
    var atOne: Double { percent(first) }

    private func percent(_ count: Int) -> Double { questions == 0 ? 0 : Double(count) / Double(questions) * 100 }
}
