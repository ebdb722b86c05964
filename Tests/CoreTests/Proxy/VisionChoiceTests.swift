import Testing

@testable import LocalCodeCore

@Suite struct VisionChoiceTests {
    private func decide(
        sees: Bool = false, isNamed: Bool = false, _ seeing: [String], hosted: [String] = []
    ) -> VisionChoice {
        VisionChoice.decide(model: "blind", sees: sees, isNamed: isNamed, seeing: seeing, hosted: hosted)
    }

    private func message(_ choice: VisionChoice) -> String? {
        if case .refusal(let error) = choice { error.message } else { nil }
    }

    @Test func aModelThatSeesKeepsTheRequest() {
        #expect(decide(sees: true, ["other"]) == .asChosen)
    }

    @Test func theOnlyOneThatSeesGetsWhatNamesNone() {
        #expect(decide(["eyes"]) == .instead("eyes"))
        #expect(message(decide(isNamed: true, ["eyes"])) == "the model 'blind' cannot look at images: ask for eyes")
        #expect(message(decide(["a", "b"])) == "the model 'blind' cannot look at images: ask for a or b")
    }

    @Test func withoutOneTheWayToOneIsTold() {
        #expect(message(decide([]))?.contains("mmproj") == true)
        #expect(
            message(decide([], hosted: ["glm-4.6v"])) == "the model 'blind' cannot look at images: ask for glm-4.6v")
    }
}
