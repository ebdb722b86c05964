import LocalCodeCore
import Testing

@Suite struct ToolRepairsTests {
    private static let settings: [(text: String, repairs: ToolRepairs)] = [
        ("all", ToolRepairs.all), ("none", []), ("", []), ("history", [.history]), (" raw , text ", [.raw, .text]),
        ("-retry", ToolRepairs.all.subtracting(.retry)), ("-retry,-raw", ToolRepairs.all.subtracting([.retry, .raw])),
        ("all,-schema", ToolRepairs.all.subtracting(.schema)), ("history,choice,-choice", [.history]),
    ]

    @Test(arguments: settings)
    func aSettingIsRead(text: String, repairs: ToolRepairs) throws {
        #expect(try ToolRepairs(parsing: text) == repairs)
    }

    @Test func namesAreReadBack() throws {
        for repairs in [ToolRepairs.all, [], [.history, .raw], ToolRepairs.all.subtracting(.calls)] {
            #expect(try ToolRepairs(parsing: repairs.description) == repairs)
        }
        #expect(ToolRepairs([.raw, .history]).description == "history,raw")
        #expect(ToolRepairs.names.reduce(into: ToolRepairs()) { $0.formUnion($1.repair) } == .all)
    }

    @Test(arguments: ["histroy", "-histroy"]) func anUnknownNameIsRefused(text: String) throws {
        let problem = try #require(throws: ToolRepairsProblem.self) { try ToolRepairs(parsing: text) }
        #expect(problem.description.hasPrefix("'histroy' is not one of all, none, history, "))
        #expect(problem.hint == "did you mean 'history'?")
    }
}
