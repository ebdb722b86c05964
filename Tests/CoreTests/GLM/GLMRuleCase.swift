import Testing

@testable import LocalCodeCore

/// A rule of the request, what it is given and what comes of it, as JSON texts. Compared by their bytes, so that order and
/// spelling count.
struct GLMRuleCase: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let rule: String
    let before: String
    let after: String
    var model = "glm-4.7"
    var stream = false
    var notes: [String] = []

    init(
        _ name: String, _ rule: String, _ before: String, _ after: String, model: String = "glm-4.7",
        stream: Bool = false,
        notes: [String] = []
    ) {
        testDescription = name
        self.rule = rule
        self.before = before
        self.after = after
        self.model = model
        self.stream = stream
        self.notes = notes
    }

    /// The draft behind the rule.
    func applied() throws -> GLMDraft {
        let body = try #require(try JSONValue(parsing: Array(before.utf8)).object)
        var draft = GLMDraft(body: body, model: model, stream: stream, requestID: "req-123456")
        let step = try #require(GLMRequest.rules.first { $0.name == rule })
        step.apply(&draft)
        return draft
    }

    func check() throws {
        let draft = try applied()
        #expect(JSONValue.object(draft.body).description == after)
        #expect(draft.notes == notes.map { $0 + "." })
    }

    /// The same with each rule's message list as the whole body.
    static func messages(
        _ name: String, _ rule: String, _ before: String, _ after: String, notes: [String] = []
    ) -> GLMRuleCase {
        GLMRuleCase(name, rule, "{\"messages\":[\(before)]}", "{\"messages\":[\(after)]}", notes: notes)
    }
}
