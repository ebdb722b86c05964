import LocalCodeCore

/// `serve --dry-run`: how each model would be started.
struct DryRun {
    private let invocation: Invocation

    init(_ invocation: Invocation) { self.invocation = invocation }

    func run() async throws {
        if let url = invocation["engine"], invocation.models.isEmpty {
            try invocation.context.output.write("# nothing is started: requests go to the llama-server at \(url)\n")
            return
        }
        try await ModelsPlan(invocation: invocation).run(names: [])
    }
}
