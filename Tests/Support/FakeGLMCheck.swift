import LocalCodeCore

/// What the gateway refuses, in the order it looks.
enum FakeGLMCheck {
    /// The reply to a request that the gateway does not take; nil if it does.
    static func refusal(of request: JSONValue) -> FakeGLM.Reply? {
        guard let model = request["model"]?.string, !model.isEmpty else {
            return FakeGLM.failure(1211, "Model code is missing")
        }
        guard model.hasPrefix("glm-") else {
            return FakeGLM.failure(1211, "Unknown Model, please check the model code.")
        }
        return refusal(ofMessages: request["messages"]?.array ?? []) ?? refusal(ofNumbers: request, model: model)
            ?? refusal(ofTools: request) ?? refusal(ofThinking: request, model: model)
    }

    /// The HTTP status that goes with a code.
    static func status(_ code: Int) -> Int {
        switch code {
        case 500, 1200, 1230, 1234: 500
        case 1000...1005, 1110...1121: 401
        case 1220: 403
        case 1113, 1302...1321: 429
        default: 400
        }
    }

    /// The gateway's words for a code, in English as `Accept-Language: en-US,en` asks for.
    static func words(_ code: Int) -> String {
        switch code {
        case 500: "Internal Error"
        case 1113: "Insufficient balance or no resource package. Please recharge."
        case 1214: "messages parameter is illegal. Please check the documentation."
        case 1234: "Network error, error id: 20261124, please contact customer service"
        case 1261: "Prompt exceeds max length"
        case 1301: "The system detected potentially unsafe or sensitive content in input or generation."
        case 1302: "Rate limit reached for requests"
        case 1305: "The service may be temporarily overloaded, please try again later"
        case 1308: "Usage limit reached for 5 hour. Your limit will reset at 2026-11-24 18:30:05"
        case 1311: "Your current subscription plan does not yet include access to this model"
        case 1313: "Your account's current usage pattern does not comply with the Fair Usage Policy"
        default: "Request failed"
        }
    }

    private static func refusal(ofMessages messages: [JSONValue]) -> FakeGLM.Reply? {
        let roles = messages.map { $0["role"]?.string ?? "" }
        let known: Set = ["system", "user", "assistant", "tool"]
        guard !messages.isEmpty, roles.allSatisfy(known.contains) else {
            return FakeGLM.failure(1214, "Role information is incorrect")
        }
        guard roles.contains(where: { $0 == "user" || $0 == "tool" }) else { return FakeGLM.failure(1214) }
        for (role, message) in zip(roles, messages) {
            let content = message["content"]
            let calls = message["tool_calls"]?.array ?? []
            if let parts = content?.array {
                guard role == "user", !parts.isEmpty else { return FakeGLM.failure(1214) }
                let isEmpty = { (part: JSONValue) in
                    part["type"]?.string == "text" && part["text"]?.string?.isEmpty ?? true
                }
                if parts.contains(where: isEmpty) { return FakeGLM.failure(1214, "text cannot be empty") }
            } else if content?.string == nil || role == "assistant" && calls.isEmpty && content?.string == "" {
                return FakeGLM.failure(1214)
            }
            let isWrong = { (call: JSONValue) in
                call["id"]?.string == nil || call["function"]?["arguments"]?.string == nil
            }
            if calls.contains(where: isWrong) { return FakeGLM.failure(1214) }
            if role == "tool", message["tool_call_id"]?.string == nil { return FakeGLM.failure(1214) }
        }
        return nil
    }

    private static func refusal(ofNumbers request: JSONValue, model: String) -> FakeGLM.Reply? {
        let cap = cap(of: model)
        if let tokens = request["max_tokens"], !(1...cap ~= tokens.int ?? 0) {
            return FakeGLM.failure(1210, "max_tokens参数非法：限制数值范围[1,\(cap)]")
        }
        if let temperature = request["temperature"], !(0...1 ~= temperature.double ?? -1) {
            return FakeGLM.failure(1210, "temperature must be in [0,1]")
        }
        if let topP = request["top_p"], !(0.01...1 ~= topP.double ?? -1) {
            return FakeGLM.failure(1210, "top_p must be in [0.01,1]")
        }
        if let stop = request["stop"], !(1...4 ~= stop.array?.count ?? 0) {
            return FakeGLM.failure(1210, "stop must be a list")
        }
        if let id = request["request_id"]?.string, !(6...64 ~= id.count) {
            return FakeGLM.failure(1214, "request_id is illegal")
        }
        return nil
    }

    private static func refusal(ofTools request: JSONValue) -> FakeGLM.Reply? {
        if let choice = request["tool_choice"], choice.string != "auto" {
            return FakeGLM.failure(1210, "Tool choice must be auto")
        }
        let tools = request["tools"]?.array ?? []
        if tools.count > 128 { return FakeGLM.failure(1210, "Invalid API parameter, please check the documentation.") }
        for tool in tools where tool["type"]?.string == "function" {
            guard let function = tool["function"], function["parameters"]?.object != nil,
                function["description"]?.string != nil, let name = function["name"]?.string
            else { return FakeGLM.failure(1213, "function parameter not received normally") }
            let isPlain = name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") }
            if !isPlain || !(1...64 ~= name.count) { return FakeGLM.failure(1210, "function name is illegal") }
        }
        return nil
    }

    private static func refusal(ofThinking request: JSONValue, model: String) -> FakeGLM.Reply? {
        guard model.hasPrefix("glm-5.3") else { return nil }
        if request["thinking"]?["type"]?.string == "disabled" {
            return FakeGLM.failure(1210, "thinking cannot be disabled")
        }
        if let effort = request["reasoning_effort"]?.string, !["low", "high", "max"].contains(effort) {
            return FakeGLM.failure(1210, "reasoning_effort is illegal")
        }
        return nil
    }

    private static func cap(of model: String) -> Int {
        if model.hasPrefix("glm-4.5-") { return 98_304 }
        if model.hasPrefix("glm-4.6v") { return 32_768 }
        if model.hasPrefix("glm-4.5v") || model.hasPrefix("glm-4.1v") || model.hasPrefix("glm-4-") { return 16_384 }
        return 131_072
    }
}
