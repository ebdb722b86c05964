import Testing

@testable import LocalCodeCore

@Suite("Rules: what must stay on this machine")
struct RoutePrivacyTests {
    /// Everything that could send a request to GLM.
    private static func tempting(_ question: inout RouteQuestion) {
        var rule = RoutingRule(name: "all to GLM")
        rule.models = ["glm-4.7", "auto"]
        question.configuration.rules = [rule]
        question.configuration.virtualModels = [("auto", ["glm-4.6v", "coder"])]
        question.configuration.fallbacks = ["coder": ["glm-4.7", "glm-9", "long"], "long": ["glm-4.7"]]
        question.configuration.small = "glm-4.7"
    }

    private static let ways: [@Sendable (inout RouteQuestion) -> Void] = [
        { $0.request.hints.isLocalOnly = true },
        { $0.configuration.rules[0].isLocalOnly = true },
        {
            $0.configuration.privacy.paths = ["/secret"]
            $0.request.project = "/secret/app"
        },
        {
            $0.configuration.privacy.models = ["gpt*", "coder", "auto", "glm-*", "unheard"]
        },
        {
            $0.configuration.privacy.headers = [("x-secret", "")]
            $0.headers = ["X-Secret": "yes"]
        },
    ]

    @Test(arguments: ways.indices) func nobodyElsewhereIsNamed(way: Int) {
        for asked in ["coder", "auto", "gpt-5", "unheard", "glm-4.7", "GLM-9", "glm-4.6v"] {
            for kind in RequestKind.allCases {
                for tokens in [10, 20_000, 1_000_000] {
                    for hasImages in [false, true] {
                        let decision = RouteQuestion.test(asked: asked, kind: kind, tokens: tokens) {
                            Self.tempting(&$0)
                            $0.hasImages = hasImages
                            Self.ways[way](&$0)
                        }.answer()
                        #expect(decision.isLocalOnly)
                        let all =
                            decision.models + decision.fallbacks.flatMap(\.value) + decision.longer.flatMap(\.value)
                        #expect(!all.contains { $0.lowercased().hasPrefix("glm-") }, "\(asked) \(kind) \(all)")
                        #expect(decision.models.isEmpty == (decision.refusal != nil))
                    }
                }
            }
        }
    }

    /// Of a request for another endpoint than chat, tokens, demands and often the project are not known.
    @Test func whatIsNotKnownDoesNotOpenTheDoor() {
        func isLocal(_ rules: [RoutingRule], model: String = "coder", project: String? = nil) -> Bool {
            RouteQuestion.test(asked: model, kind: .rerank, tokens: 0) {
                $0.configuration.rules = rules
                $0.request.project = project
                $0.offers = []
            }.mayBeLocalOnly
        }
        func rule(_ change: (inout RoutingConditions) -> Void) -> RoutingRule {
            var rule = RoutingRule(name: "private")
            rule.isLocalOnly = true
            change(&rule.conditions)
            return rule
        }
        var short = RoutingRule(name: "short")
        short.conditions.tokens = 0...100
        #expect(!isLocal([short]))
        #expect(isLocal([short, rule { _ in }]), "a rule by tokens does not stand in front of it")
        #expect(isLocal([rule { $0.tokens = 1000...2000 }]))
        #expect(isLocal([rule { $0.demands = [.coder: 0.5] }]))
        #expect(isLocal([rule { $0.load = 0.5...1 }]))
        #expect(isLocal([rule { $0.projects = ["/secret"] }]))
        #expect(!isLocal([rule { $0.projects = ["/secret"] }], project: "/open"))
        #expect(!isLocal([rule { $0.models = ["private-*"] }]))
        #expect(isLocal([rule { $0.models = ["private-*"] }], model: "private-a"))
    }

    @Test(arguments: [RequestKind.fim, .completion, .embedding, .rerank, .title])
    func whoTellsNoProjectIsTakenToBeInAPrivateOne(kind: RequestKind) {
        func isLocal(_ project: String?) -> Bool {
            RouteQuestion.test(kind: kind) {
                $0.configuration.privacy.paths = ["/secret"]
                $0.request.project = project
            }.answer().isLocalOnly
        }
        #expect(isLocal(nil) && isLocal("/secret/a") && !isLocal("/open"))
    }

    @Test func theRefusalTellsWhy() {
        let decision = RouteQuestion.test(asked: "glm-4.7") {
            var rule = RoutingRule(name: "secrets")
            rule.isLocalOnly = true
            $0.configuration.rules = [rule]
        }.answer()
        #expect(decision.refusal?.status == 400 && decision.refusal?.code == "local_only")
        #expect(decision.refusal?.message.contains("(rule 'secrets' says so), and 'glm-4.7' is not on it") == true)
        #expect(decision.excluded.map(\.model) == ["glm-4.7"])
    }

    @Test func theRefusalOfAVirtualModelTellsItsModels() {
        let decision = RouteQuestion.test(asked: "cloud") {
            $0.configuration.virtualModels = [("cloud", ["glm-4.7", "glm-9"])]
            $0.offers = $0.offers.filter(\.isGLM)
            $0.request.hints.isLocalOnly = true
        }.answer()
        #expect(
            decision.refusal?.message.contains(
                "(the client says so), and no model of 'cloud' (glm-4.7, glm-9) is on it: ")
                == true)
    }

    @Test func whatIsElsewhereIsNotBlamedForBeingBlind() {
        let decision = RouteQuestion.test(asked: "auto") {
            $0.configuration.virtualModels = [("auto", ["glm-4.6v", "coder"])]
            $0.request.hints.isLocalOnly = true
            $0.hasImages = true
        }.answer()
        #expect(decision.refusal?.message.hasPrefix("no model of 'auto' (coder) can look at images: ") == true)
        #expect(decision.refusal?.message.contains("glm") == false)
    }

    @Test func whatIsRefusedIsPrivateAllTheSame() {
        let decision = RouteQuestion.test {
            var rule = RoutingRule(name: "closed")
            rule.refusal = "no"
            $0.configuration.rules = [rule]
            $0.request.hints.isLocalOnly = true
        }.answer()
        #expect(decision.isLocalOnly && decision.refusal?.code == "refused_by_rule")
    }

    @Test func aLocalFallbackAnswersInItsPlace() {
        let decision = RouteQuestion.test(asked: "glm-4.7") {
            $0.request.hints.isLocalOnly = true
            $0.configuration.fallbacks = ["glm-4.7": ["glm-4.6v", "long"]]
        }.answer()
        #expect(decision.models == ["long"] && decision.refusal == nil)
        #expect(decision.notes == ["the model is long: glm-4.7 would leave this machine"])
    }

    @Test func aRequestThatNamesNoModelGetsALocalOne() {
        let decision = RouteQuestion.test(asked: nil) {
            $0.defaultModel = "glm-4.7"
            $0.request.hints.isLocalOnly = true
        }.answer()
        #expect(decision.models == ["coder"])
    }

    @Test func anAttachedServerOfAnotherMachineIsNotThisOne() {
        let decision = RouteQuestion.test(asked: "theirs") {
            $0.offers = [RouteOffer(model: "theirs", isLocal: false)]
            $0.request.hints.isLocalOnly = true
        }.answer()
        #expect(decision.refusal?.code == "local_only")
    }

    @Test func whatDoesNotTellItsProjectMayBeOfAPrivateOne() {
        func isLocalOnly(_ kind: RequestKind, project: String? = nil) -> Bool {
            RouteQuestion.test(kind: kind) {
                $0.configuration.privacy.paths = ["/secret"]
                $0.request.project = project
            }.answer().isLocalOnly
        }
        #expect(isLocalOnly(.title) && isLocalOnly(.compaction) && isLocalOnly(.explore))
        #expect(!isLocalOnly(.title, project: "/open") && !isLocalOnly(.turn) && !isLocalOnly(.chat))
        #expect(!RouteQuestion.test(kind: .title).answer().isLocalOnly)
    }

    @Test func aHeaderCountsWithItsValueOnly() {
        func isLocalOnly(_ value: String) -> Bool {
            RouteQuestion.test {
                $0.configuration.privacy.headers = [("x-client", "acme*")]
                $0.headers = ["x-client": value]
            }.answer().isLocalOnly
        }
        #expect(isLocalOnly("ACME-2") && !isLocalOnly("other"))
    }
}
