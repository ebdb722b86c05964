import LocalCodeCore
import Support
import Testing

@testable import Commands

/// How well questions about this project's own sources are answered by words alone.
@Suite("rerank: recall", .timeLimit(.minutes(2)))
struct SearchRecallTests {
    private let root = "\(TestPlaces.repository)/Sources"

    private func questions() throws -> SearchQuestions {
        let path = "\(TestPlaces.repository)/Tests/Search/questions.tsv"
        return try SearchQuestions(TestFiles.text(of: path), named: "questions.tsv")
    }

    @Test("there are enough questions, and the files that answer them are there")
    func questionsAreWhole() throws {
        let questions = try questions().all
        #expect(questions.count >= 40)
        for question in questions {
            let missing = question.answers.filter {
                !Directories.isFile("\(root)/\($0)") && !Directories.isDirectory("\(root)/\($0)")
            }
            #expect(missing.isEmpty, "\(question.text)")
        }
    }

    @Test("three questions of four have their answer among the first ten places")
    func recall() throws {
        let found = try SourceWalk(root: root, environment: [:]).files()
        let index = try #require(try SearchIndex().updated(found, root: root, now: .max))
        var recall = SearchRecall()
        for question in try questions().all {
            var search = LexicalSearch(question.text)
            search.add(index)
            recall.add(rank: question.rank(in: search.best(10).map(\.path)))
        }
        #expect(recall.atTen >= 75)
        #expect(recall.atOne >= 35)
    }

    @Test("a line without an answer is named")
    func broken() throws {
        #expect(throws: Failure("q, line 2: a question needs a tab and a path that answers it")) {
            try SearchQuestions("# c\nwhere\n", named: "q")
        }
        #expect(throws: Failure.self) { try SearchQuestions("\n# c\n", named: "q") }
        let question = SearchQuestions.Question(text: "", answers: ["a", "b.c"])
        #expect(question.rank(in: ["ab/x", "a/x"]) == 2)
        #expect(question.rank(in: ["b.cc"]) == nil)
    }
}
