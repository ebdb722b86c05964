import LocalCodeCore
import Support

/// A GLM gateway that listens.
final class GLMGateway: Sendable {
    let session: FakeGLM.Session
    let server: RecordingServer

    init(_ plan: FakeGLM.Scenario...) throws {
        let session = FakeGLM.Session(plan)
        self.session = session
        server = try RecordingServer { request in
            let reply = session.reply(
                method: request.method, path: request.target,
                headers: HTTPHeaders(request.headers), body: request.body)
            let headers = reply.headers.map { "\($0.name): \($0.value)" }
            return .chunked(
                status: reply.status, headers: headers,
                reply.pieces.map { .send($0) } + (reply.breaksOff ? [.close] : []))
        }
    }

    func serve(_ arguments: String..., key: String? = "id.secret") async throws -> LocalCodeProcess {
        try await LocalCodeProcess.serve(
            ["--no-auto-engine", "--glm-url", server.url + "/api/paas/v4"] + arguments,
            environment: key.map { ["ZAI_API_KEY": $0 + "\n"] } ?? [:])
    }
}
