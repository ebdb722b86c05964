import Testing

@testable import LocalCodeCore

@Suite("Rules: who may answer")
struct RouteAnswerTests {
    private func excluded(_ decision: RouteDecision) -> [String] {
        decision.excluded.map { "\($0.model): \($0.reason)" }
    }

    // MARK: Without a configuration

    @Test func theClientsChoiceCounts() {
        let decision = RouteQuestion.test().answer()
        #expect(
            decision
                == RouteDecision(reasons: ["the client asks for 'coder'"], models: ["coder"], lane: .main) {
                    $0.longer = ["coder": ["long", "small"]]
                })
        #expect(RouteQuestion.test(asked: "gpt-5").answer().models == ["gpt-5"])
        #expect(RouteQuestion.test(asked: "GLM-4.7").answer().models == ["GLM-4.7"])
        #expect(RouteQuestion.test(asked: "what is this").answer().models == ["what is this"])
        #expect(RouteQuestion.test(asked: nil).answer().models == ["coder"])
    }

    @Test func nobodyElseIsTriedUnasked() {
        #expect(RouteQuestion.test().answer().fallbacks.isEmpty)
        #expect(RouteQuestion.test(asked: "glm-4.7").answer().fallbacks.isEmpty)
    }

    @Test(arguments: [RequestKind.title, .summary]) func whatIsSmallMayComeFromTheSmallModel(kind: RequestKind) {
        let decision = RouteQuestion.test(kind: kind).answer()
        #expect(decision.models == ["small", "coder"])
        #expect(decision.lane == .background)
        #expect(decision.fallbacks == ["small": ["coder"], "coder": ["small"]])
        let none = RouteQuestion.test(kind: kind) { $0.offers.removeAll { $0.model == "small" } }
        #expect(none.answer().models == ["coder"])
        let other = RouteQuestion.test(kind: kind) { $0.configuration.small = "long" }
        #expect(other.answer().models == ["long", "coder"])
        #expect(RouteQuestion.test(asked: "small", kind: kind).answer().models == ["small"])
        let gone = RouteQuestion.test(kind: kind) { $0.configuration.small = "tiny" }.answer()
        #expect(gone.models == ["coder"] && excluded(gone) == ["tiny: it is no model's name"])
    }

    @Test(arguments: RequestKind.allCases.filter { ![.title, .summary].contains($0) })
    func everythingElseDoesNot(kind: RequestKind) {
        let decision = RouteQuestion.test(kind: kind).answer()
        #expect(decision.models == ["coder"])
        #expect(decision.lane == kind.lane)
    }

    // MARK: Images

    @Test func picturesGoToTheOnlyModelThatSees() {
        let decision = RouteQuestion.test(asked: nil) {
            $0.hasImages = true
            $0.offers.append(RouteQuestion.eyes)
        }.answer()
        #expect(decision.models == ["eyes"])
        #expect(decision.notes == ["the model is eyes: coder cannot look at images"])
        #expect(excluded(decision) == ["coder: it cannot look at images"])
    }

    @Test func aNamedModelThatCannotSeeIsAnError() {
        let refusal = RouteQuestion.test {
            $0.hasImages = true
            $0.offers.append(RouteQuestion.eyes)
        }.answer().refusal
        #expect(refusal?.message == "the model 'coder' cannot look at images: ask for eyes")
        #expect(refusal?.code == "image_not_supported" && refusal?.param == "messages" && refusal?.status == 400)
    }

    @Test func aVirtualModelThatCannotSeeTellsItsModels() {
        func decision(_ change: (inout RouteQuestion) -> Void = { _ in }) -> RouteDecision {
            RouteQuestion.test(asked: "auto") {
                $0.hasImages = true
                $0.configuration.virtualModels = [("auto", ["coder", "small"])]
                $0.offers += [RouteQuestion.eyes, RouteOffer(model: "eyes2", isLocal: true, sees: true)]
                change(&$0)
            }.answer()
        }
        #expect(
            decision().refusal?.message
                == "no model of 'auto' (coder, small) can look at images: ask for eyes or eyes2")
        #expect(
            decision { $0.configuration.fallbacks = ["coder": ["eyes"]] }.notes == [
                "the model is eyes: coder cannot look at images, small cannot look at images"
            ])
    }

    @Test func theErrorTellsTheWay() {
        let two = RouteQuestion.test(asked: nil) {
            $0.hasImages = true
            $0.offers += [RouteQuestion.eyes, RouteOffer(model: "eyes2", isLocal: true, sees: true)]
        }
        #expect(two.answer().refusal?.message == "the model 'coder' cannot look at images: ask for eyes or eyes2")
        let none = RouteQuestion.test(asked: nil) { $0.hasImages = true }
        #expect(none.answer().refusal?.message.contains("mmproj") == true)
        let hosted = RouteQuestion.test(asked: "glm-4.7") { $0.hasImages = true }
        #expect(hosted.answer().refusal?.message == "the model 'glm-4.7' cannot look at images: ask for glm-4.6v")
        #expect(RouteQuestion.test(asked: "glm-4.6v") { $0.hasImages = true }.answer().refusal == nil)
    }

    @Test func whereItIsNotKnownTheUpstreamTells() {
        let decision = RouteQuestion.test(asked: "unheard") { $0.hasImages = true }.answer()
        #expect(decision.models == ["unheard"] && decision.refusal == nil)
        let silent = RouteQuestion.test(asked: "silent") {
            $0.hasImages = true
            $0.offers.append(RouteOffer(model: "silent", isLocal: true))
        }
        #expect(silent.answer().models == ["silent"])
    }

    // MARK: Length

    @Test func whatDoesNotFitGoesWhereItFits() {
        let decision = RouteQuestion.test(tokens: 20_000).answer()
        #expect(decision.models == ["long"])
        #expect(decision.notes.count == 1)
        #expect(excluded(decision) == ["coder: it has a context of 16384 tokens, too short for about 21024"])
        // The limit of the answer alone moves nothing.
        #expect(RouteQuestion.test(tokens: 15_000).answer().models == ["coder"])
    }

    @Test func whereItFitsNowhereTheLongestTells() {
        let decision = RouteQuestion.test(tokens: 150_000).answer()
        #expect(decision.models == ["long"])
        #expect(decision.refusal == nil)
        let alone = RouteQuestion.test(tokens: 150_000) { $0.offers.removeAll { $0.isLocal && $0.model != "coder" } }
        #expect(alone.answer().models == ["coder"])
    }

    @Test func lengthLeadsNobodyOutOfTheMachine() {
        for tokens in [1000, 20_000, 90_000, 150_000, 1_000_000] {
            let decision = RouteQuestion.test(tokens: tokens).answer()
            let all = decision.models + decision.fallbacks.flatMap(\.value) + decision.longer.flatMap(\.value)
            #expect(!all.contains { $0.hasPrefix("glm-") })
        }
        #expect(RouteQuestion.test(asked: "glm-4.7", tokens: 300_000).answer().models == ["glm-4.7"])
    }

    @Test func theSmallModelStandsInLast() {
        let decision = RouteQuestion.test(tokens: 20_000) { $0.offers.removeAll { $0.model == "long" } }.answer()
        #expect(decision.models == ["small"])
    }

    // MARK: Virtual models and fallbacks

    @Test func aVirtualModelStandsForThoseThatCanAnswer() {
        func ask(_ change: (inout RouteQuestion) -> Void = { _ in }) -> RouteDecision {
            RouteQuestion.test(asked: "auto") {
                $0.configuration.virtualModels = [("auto", ["coder", "missing", "gpt-5", "glm-4.7"])]
                change(&$0)
            }.answer()
        }
        #expect(ask().models == ["coder", "glm-4.7"])
        #expect(ask().fallbacks == ["coder": ["glm-4.7"], "glm-4.7": ["coder"]])
        #expect(excluded(ask()) == ["missing: it is no model's name"])
        #expect(ask().reasons.last == "'auto' stands for coder, missing, gpt-5, glm-4.7")
        #expect(ask { $0.signals.promptTokens = 100_000 }.models == ["glm-4.7"])
        let withoutKey = ask { $0.offers.removeAll(where: \.isGLM) }
        #expect(withoutKey.excluded.map(\.reason) == ["it is no model's name", "it needs a key for GLM"])
        // Where nothing is known of any, an upstream may know them.
        #expect(ask { $0.offers = [] }.models == ["coder", "missing", "gpt-5", "glm-4.7"])
        #expect(
            ask {
                $0.asked = nil; $0.defaultModel = "auto"
            }.models == ["coder", "glm-4.7"])
    }

    @Test func fallbacksAreThoseThatCouldAnswer() {
        let configured: (inout RouteQuestion) -> Void = {
            $0.configuration.fallbacks = ["coder": ["missing", "coder", "glm-4.7", "small"]]
        }
        #expect(RouteQuestion.test(configured).answer().fallbacks == ["coder": ["glm-4.7", "small"]])
        #expect(RouteQuestion.test(configured).answer().longer == ["coder": ["glm-4.7", "small", "long"]])
        #expect(RouteQuestion.test(asked: "gpt-5", configured).answer().fallbacks == ["gpt-5": ["glm-4.7", "small"]])
        // They stand in as well where the model itself cannot answer.
        let long = RouteQuestion.test(tokens: 150_000, configured).answer()
        #expect(long.models == ["glm-4.7"])
    }

    @Test func aFallbackOfAModelWithAnUnknownContextMayBeLonger() {
        let decision = RouteQuestion.test(asked: "theirs") {
            $0.offers.append(RouteOffer(model: "theirs", isLocal: true))
            $0.configuration.fallbacks = ["theirs": ["long"]]
        }.answer()
        #expect(decision.longer == ["theirs": ["long"]])
    }

    // MARK: Hints

    @Test func aHintCountsMoreThanARule() {
        let decision = RouteQuestion.test(kind: .title) {
            $0.request.hints.model = "long"
            $0.request.hints.lane = .subagent
            var rule = RoutingRule(name: "all to GLM")
            rule.models = ["glm-4.7"]
            rule.lane = .background
            rule.overrides.reasons = false
            $0.configuration.rules = [rule]
        }.answer()
        #expect(decision.models == ["long"])
        #expect(decision.lane == .subagent)
        #expect(decision.rule == "all to GLM" && decision.overrides.reasons == false)
        #expect(decision.notes.isEmpty)
    }

    @Test func aHintThatNamesNoModelIsTold() {
        let decision = RouteQuestion.test { $0.request.hints.model = "codr" }.answer()
        #expect(decision.models == ["coder"])
        #expect(decision.notes == ["a hint names 'codr', which is no model"])
    }
}

extension RouteDecision {
    fileprivate init(reasons: [String], models: [String], lane: RequestLane, _ change: (inout Self) -> Void) {
        self.init(reasons: reasons, models: models, lane: lane)
        change(&self)
    }
}
