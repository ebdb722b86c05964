/// What a `RecordingServer` does with a request, step by step.
public struct ScriptedResponse: Sendable {
    /// One step. After the last one the connection stays open for the next request, unless the answer has no length.
    public enum Step: Sendable {
        /// Sends these bytes as they are.
        case send([UInt8])
        /// Waits until the gate opens; if the client leaves meanwhile, the script ends.
        case wait(Gate)
        /// Waits until the client closes the connection.
        case waitForClientToLeave
        /// Closes the connection in order, whatever was promised.
        case close
        /// Breaks the connection off with a reset.
        case reset
    }

    /// The steps.
    public var steps: [Step]

    public init(_ steps: [Step]) { self.steps = steps }

    /// A complete answer with a Content-Length.
    public static func complete(
        status: Int = 200, headers: [String] = ["Content-Type: application/json"], _ body: String
    ) -> ScriptedResponse {
        let bytes = Array(body.utf8)
        return ScriptedResponse([
            .send(head(status, headers + ["Content-Length: \(bytes.count)"]) + bytes)
        ])
    }

    /// An answer in pieces: each `.send` becomes a chunk of a chunked body. It is finished properly unless the last step
    /// closes or resets the connection.
    public static func chunked(
        status: Int = 200, headers: [String] = ["Content-Type: text/event-stream"], _ pieces: [Step]
    ) -> ScriptedResponse {
        var steps: [Step] = [.send(head(status, headers + ["Transfer-Encoding: chunked"]))]
        for piece in pieces {
            guard case .send(let bytes) = piece else {
                steps.append(piece)
                continue
            }
            steps.append(.send(Array("\(String(bytes.count, radix: 16))\r\n".utf8) + bytes + Array("\r\n".utf8)))
        }
        switch pieces.last {
        case .close, .reset, .waitForClientToLeave: break
        default: steps.append(.send(Array("0\r\n\r\n".utf8)))
        }
        return ScriptedResponse(steps)
    }

    /// A stream of server-sent events, `data: …` each, in one chunk each.
    public static func events(_ data: [String], then last: [Step] = []) -> ScriptedResponse {
        chunked(data.map(Step.event) + last)
    }

    private static func head(_ status: Int, _ headers: [String]) -> [UInt8] {
        Array((["HTTP/1.1 \(status) \(reason(status))"] + headers + ["", ""]).joined(separator: "\r\n").utf8)
    }

    private static func reason(_ status: Int) -> String {
        [200: "OK", 400: "Bad Request", 401: "Unauthorized", 404: "Not Found", 429: "Too Many Requests"][status]
            ?? (status < 400 ? "OK" : "Error")
    }
}

extension ScriptedResponse.Step {
    /// A server-sent event with this data.
    public static func event(_ data: String) -> Self { .send(Array("data: \(data)\n\n".utf8)) }

    /// Sends this text as it is.
    public static func text(_ text: String) -> Self { .send(Array(text.utf8)) }
}
