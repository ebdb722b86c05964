import Testing

@testable import LocalCodeCore

@Suite("Rules: which one matches, and what it does")
struct RouteRuleTests {
    private func rule(_ name: String, to models: String..., when: (inout RoutingConditions) -> Void = { _ in })
        -> RoutingRule
    {
        var rule = RoutingRule(name: name)
        when(&rule.conditions)
        rule.models = models
        return rule
    }

    private func holds(
        _ question: RouteQuestion = .test(), _ change: (inout RoutingConditions) -> Void
    ) -> Bool {
        var conditions = RoutingConditions()
        change(&conditions)
        return conditions.hold(for: question, model: question.asked ?? question.defaultModel)
    }

    // MARK: Conditions

    @Test func nothingAsksNothing() { #expect(holds { _ in }) }

    @Test func ofAListOneElementMustHold() {
        #expect(holds { $0.kinds = [.title, .turn] })
        #expect(!holds { $0.kinds = [.title] })
        #expect(holds { $0.clients = [.unknown, .zed] })
        #expect(!holds { $0.clients = [.zed] })
        #expect(holds { $0.models = ["x", "cod*"] })
        #expect(!holds { $0.models = ["glm-*"] })
    }

    @Test func eachConditionMustHold() {
        #expect(!holds { ($0.kinds, $0.models) = ([.turn], ["glm-*"]) })
        #expect(!holds { ($0.kinds, $0.models) = ([.title], ["coder"]) })
    }

    @Test func sizesLoadsAndDemands() {
        #expect(holds { $0.tokens = 1000...1000 })
        #expect(!holds { $0.tokens = 1001...2000 })
        #expect(!holds { $0.load = 0...1 })
        let busy = RouteQuestion.test { $0.load = 0.75 }
        #expect(holds(busy) { $0.load = 0.5...1 })
        #expect(!holds(busy) { $0.load = 0...0.5 })
        let code = RouteQuestion.test { $0.demands = [Demand(.coder, score: 0.6, words: [])] }
        #expect(holds(code) { $0.demands = [.coder: 0.5, .vision: 0.5] })
        #expect(!holds(code) { $0.demands = [.coder: 0.7] })
        #expect(!holds(code) { $0.demands = [.vision: 0] })
    }

    @Test func headersAndProjects() {
        let question = RouteQuestion.test {
            $0.headers = ["X-Team": "blue", "x-team": "red"]
            $0.request.project = "/code/app/web"
        }
        #expect(holds(question) { $0.headers = [("x-team", "RED")] })
        #expect(!holds(question) { $0.headers = [("x-team", "red"), ("x-other", "*")] })
        #expect(holds(question) { $0.projects = ["/elsewhere", "/code/app"] })
        #expect(!holds { $0.projects = ["/code/app"] })
    }

    @Test(
        arguments: [
            (21 * 60 + 59, 5, false), (22 * 60, 5, true), (0, 6, true), (5 * 60 + 59, 6, true), (6 * 60, 6, false),
            (0, 5, false), (23 * 60, 6, false), (0, 1, false),
        ])
    func aNightBelongsToTheDayItBeginsOn(minute: Int, day: Int, isNight: Bool) {
        let question = RouteQuestion.test { ($0.minute, $0.day) = (minute, day) }
        #expect(
            holds(question) { ($0.time, $0.days) = ((22 * 60, 30 * 60), [5]) } == isNight)
        let monday = RouteQuestion.test { ($0.minute, $0.day) = (60, 1) }
        #expect(holds(monday) { ($0.time, $0.days) = ((22 * 60, 30 * 60), [7]) })
    }

    // MARK: What they do

    @Test func theFirstThatMatchesCounts() {
        let decision = RouteQuestion.test {
            $0.configuration.rules = [
                rule("titles", to: "small") { $0.kinds = [.title] }, rule("turns", to: "long") { $0.kinds = [.turn] },
                rule("all", to: "glm-4.7"),
            ]
        }.answer()
        #expect(decision.rule == "turns" && decision.models == ["long"])
        #expect(
            decision.reasons == ["the client asks for 'coder'", "rule 'turns' matches", "the rule uses long"])
    }

    @Test func aRuleThatLeadsToNobodyLeavesTheClientItsChoice() {
        for models in [["missing"], ["eyes"]] {
            let decision = RouteQuestion.test {
                var blind = RouteQuestion.eyes
                blind.context = 10
                $0.offers.append(blind)
                var rule = rule("bad")
                rule.models = models
                $0.configuration.rules = [rule]
            }.answer()
            #expect(decision.models == ["coder"])
            #expect(decision.reasons.last == "none of these can answer, so 'coder' counts")
            #expect(decision.excluded.map(\.model) == models)
        }
    }

    @Test func aRuleMayNameAVirtualModelAndBeatsOne() {
        let decision = RouteQuestion.test(asked: "auto") {
            $0.configuration.virtualModels = [("auto", ["coder"]), ("big", ["long", "glm-4.7"])]
            $0.configuration.rules = [rule("big ones", to: "small", "big") { $0.models = ["auto"] }]
        }.answer()
        #expect(decision.models == ["small", "long", "glm-4.7"])
    }

    @Test func aRuleWithoutModelsChangesTheRest() {
        let decision = RouteQuestion.test(kind: .title) {
            var rule = rule("titles") { $0.kinds = [.title] }
            rule.lane = .main
            rule.overrides.fields = ["temperature": 0]
            $0.configuration.rules = [rule]
        }.answer()
        #expect(decision.models == ["small", "coder"])
        #expect(decision.lane == .main && decision.overrides.fields == ["temperature": 0])
    }

    @Test func aRefusalSaysWhichRule() {
        let refusal = RouteQuestion.test {
            var rule = rule("closed")
            rule.refusal = "no agents at night"
            $0.configuration.rules = [rule]
        }.answer().refusal
        #expect(refusal?.status == 403 && refusal?.code == "refused_by_rule")
        #expect(refusal?.message == "no agents at night (rule 'closed')")
    }
}
