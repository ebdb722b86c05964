/// The parameters of a request that decide what the engine makes of its messages: those that the chat template can see, and
/// the adapters. Not among them is what only the answer depends on: sampling, limits, grammar, streaming, and the model,
/// whose identity the fingerprint has.
///
/// A parameter that is left out, null or the same as llama-server's default makes no difference.
struct PrefixParameters {
    private struct Parameter {
        let name: StaticString
        var defaults: [StaticString] = []
        var isInCompletions = false
    }

    private static let parameters: [Parameter] = [
        Parameter(name: "add_generation_prompt", defaults: ["true"]),
        Parameter(name: "chat_template_kwargs", defaults: ["{}"]),
        Parameter(name: "continue_final_message", defaults: ["false"]),
        Parameter(name: "enable_thinking"),
        Parameter(name: "json_schema"),
        // An empty list is no default: it switches off the adapters that the engine was started with.
        Parameter(name: "lora", isInCompletions: true),
        Parameter(name: "parallel_tool_calls"),
        Parameter(name: "reasoning_budget_tokens"),
        Parameter(name: "reasoning_effort"),
        Parameter(name: "reasoning_format"),
        Parameter(name: "response_format", defaults: [#"{"type":"text"}"#]),
        Parameter(name: "thinking"),
        Parameter(name: "thinking_budget_tokens"),
        Parameter(name: "tool_choice", defaults: [#""auto""#]),
    ]

    private var found: [(parameter: Parameter, value: JSONView)] = []

    init(_ body: JSONView, kind: ChatRequest.Kind) {
        var values = [JSONView?](repeating: nil, count: Self.parameters.count)
        for (key, value) in body.members {
            if let index = Self.parameters.firstIndex(where: { key.equals($0.name) }) { values[index] = value }
        }
        for (parameter, value) in zip(Self.parameters, values) where kind == .chat || parameter.isInCompletions {
            if let value, !value.isNull { found.append((parameter, value)) }
        }
    }

    /// A line for each parameter: its name and its value in canonical JSON, which has no line breaks.
    func write<Sink: ByteSink>(to sink: inout Sink) {
        for (parameter, value) in found where !isDefault(value, of: parameter) {
            sink.write(parameter.name)
            sink.write(":")
            CanonicalJSON.write(value, to: &sink)
            sink.write("\n")
        }
        sink.write("\n")
    }

    private func isDefault(_ value: JSONView, of parameter: Parameter) -> Bool {
        guard let longest = parameter.defaults.map(\.utf8CodeUnitCount).max() else { return false }
        // Room for white space and escapes; a default is not written longer.
        guard value.range.count <= 8 * longest else { return false }
        let bytes = CanonicalJSON.bytes(of: value)
        return parameter.defaults.contains { bytes.elementsEqual($0.bytes) }
    }
}

extension StaticString {
    fileprivate var bytes: UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: utf8Start, count: utf8CodeUnitCount)
    }
}

extension JSONView {
    /// Whether this is a string of exactly this text, however it is escaped.
    fileprivate func equals(_ text: StaticString) -> Bool {
        guard kind == .string else { return false }
        return document.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return false }
            return JSONString.equals(base + start, base + end, text.bytes)
        }
    }
}
