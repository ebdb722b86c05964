import Testing

@testable import LocalCodeCore

@Suite struct RouteDeskTests {
    private func report(_ id: String) -> RouteReport {
        RouteReport(
            id: id, time: 0, request: RequestClass(kind: .chat), signals: ContentSignals(), demands: [],
            decision: RouteDecision(models: ["m"], lane: .main))
    }

    private func usage(_ prompt: Int, cached: Int? = nil, _ completion: Int) -> Usage {
        var usage = Usage()
        usage.prompt = prompt
        usage.cached = cached
        usage.completion = completion
        return usage
    }

    @Test func theLastTwoHundredReportsAreKept() {
        let desk = RouteDesk()
        for number in 1...205 { desk.keep(report("\(number)")) }
        #expect(desk.reports.map(\.id) == (6...205).reversed().map(String.init))
    }

    @Test func aConversationLivesWhereItWasAnsweredLast() {
        let desk = RouteDesk()
        #expect(desk.home(of: "a") == nil && desk.home(of: nil) == nil)
        for model in ["one", "two"] {
            desk.observe(
                usage(100, 20), first: .seconds(1), duration: .seconds(2), model: model,
                conversation: "a")
        }
        #expect(desk.home(of: "a")?.model == "two")
        #expect(desk.home(of: "a")?.tokens == 120)
        for number in 0..<1100 {
            desk.observe(Usage(), first: nil, duration: .zero, model: "one", conversation: "\(number)")
        }
        #expect(desk.home(of: "a") == nil, "it was the oldest of more than are remembered")
        #expect(desk.home(of: "1099") != nil)
    }

    @Test func howFastAModelIsIsLearnt() throws {
        let desk = RouteDesk()
        desk.observe(
            usage(1100, cached: 100, 50), first: .seconds(2), duration: .seconds(7), model: "m",
            conversation: nil)
        let pace = desk.pace(of: "m")
        #expect(pace.prefill == 500 && pace.decode == 10 && pace.answer == 50 && pace.seconds == 7)
        desk.observe(
            usage(1000, 50), first: .seconds(1), duration: .seconds(6), model: "m",
            conversation: nil)
        #expect(desk.pace(of: "m").prefill == 625)
        #expect(desk.pace(of: "other") == RouteDesk.Pace())
    }

    @Test func aTitleIsOfTheDirectoryOfItsConversation() {
        let desk = RouteDesk()
        let turn = RequestClass(conversation: "a", kind: .turn, project: "/p")
        let title = RequestClass(conversation: "a", kind: .title)
        let helper = RequestClass(conversation: "b", parent: "a", kind: .explore)
        #expect(desk.project(of: title) == nil)
        #expect(desk.project(of: turn) == "/p")
        #expect(desk.project(of: title) == "/p")
        #expect(desk.project(of: helper) == "/p")
        #expect(desk.project(of: RequestClass(conversation: "c", kind: .title)) == nil)
    }
}
