import LocalCodeCore

/// The work of `state slots`.
struct StateSlots {
    let invocation: Invocation
    private var context: Context { invocation.context }

    func run() async throws {
        let service = try await StateService.find(invocation)
        let report = try await service.closing { try await service.slots() }
        if invocation.isOn("json") { return try context.output.write(PrettyJSON.text(report)) }
        var table = TextTable([
            .init(title: "SLOT", isNumber: true), .init(title: "STATE"), .init(title: "TOKENS", isNumber: true),
            .init(title: "KEY"), .init(title: "SAVED"), .init(title: "TITLE", least: 12),
        ])
        for slot in report["slots"]?.array ?? [] {
            let key = slot["key"]?.string
            let isKept = slot["kept"]?.bool ?? true
            let saved = key == nil ? "" : slot["dirty"]?.bool == true ? "no" : isKept ? "yes" : "never"
            table.add([
                slot["id"]?.int.map { "\($0)" } ?? "?", slot["state"]?.string ?? "?",
                slot["tokens"]?.int.map { "\($0)" } ?? "", key.map { String($0.prefix(KeyPrefix.shown)) } ?? "-",
                saved, slot["title"]?.string ?? "",
            ])
        }
        try context.output.write(table.text(on: context.output))
    }
}

extension StateService {
    /// Does something and closes the service, whatever comes of it.
    func closing<Result: Sendable>(_ work: @Sendable () async throws -> Result) async throws -> Result {
        do {
            let result = try await work()
            await close()
            return result
        } catch {
            await close()
            throw error
        }
    }
}
