import LocalCodeCore

/// Requests to classify, short and in the shapes of their clients.
enum Sample {
    static let env = """
        <env>
          Working directory: /home/me/shop
          Today's date: Mon Nov 23 2026
        </env>
        """
    static let openCode1 = "You are opencode, an interactive CLI tool.\nYou are powered by the model named m.\n\(env)"
    static let openCode2 = "You are an AI agent running in OpenCode, a coding agent harness.\n# Your Model\n\(env)"
    static let agent1: HTTPHeaders = [
        "User-Agent": "opencode/1.18.18 ai-sdk/provider-utils/4.0.23 runtime/bun/1.3", "x-session-affinity": "ses_1",
        "X-Session-Id": "ses_1",
    ]
    static let agent2: HTTPHeaders = [
        "User-Agent": "opencode/latest/2.0.29/cli", "x-opencode-session-id": "ses_2", "x-opencode-project": "p",
    ]

    static func tools(_ names: String...) -> JSONValue {
        .array(
            names.map { ["type": "function", "function": ["name": .string($0), "parameters": ["type": "object"]]] })
    }

    static func message(_ role: String, _ content: JSONValue) -> JSONValue {
        ["role": .string(role), "content": content]
    }

    static func parts(_ texts: String...) -> JSONValue { .array(texts.map { ["type": "text", "text": .string($0)] }) }

    static func body(
        system: JSONValue? = nil, _ messages: JSONValue..., tools: JSONValue? = nil, more: [(String, JSONValue)] = []
    ) -> JSONValue {
        var object = JSONObject()
        object["model"] = "m"
        object["messages"] = .array((system.map { [message("system", $0)] } ?? []) + messages)
        object["tools"] = tools
        for (key, value) in more { object[key] = value }
        return .object(object)
    }

    static func classify(_ body: JSONValue, _ headers: HTTPHeaders = [:]) throws -> RequestClass {
        RequestClass(headers: headers, body: try JSONView(validating: body.bytes))
    }
}
