import LocalCodeCore

/// A request as a client sends it, and what it is.
public struct TrafficCase: Sendable {
    /// What it is one of, for people.
    public var name: String
    /// The header fields that tell something.
    public var headers: HTTPHeaders
    /// The body.
    public var body: JSONValue
    /// Who sends it.
    public var client: RequestClient
    /// What for.
    public var kind: RequestKind
    /// The client's name for the conversation; nil: it has none.
    public var conversation: String?
    /// The conversation it was started from.
    public var parent: String?
    /// The directory the client works in; nil: it says nothing of it.
    public var project: String?

    public init(
        _ name: String, _ client: RequestClient, _ kind: RequestKind, headers: HTTPHeaders = [:], body: JSONValue,
        conversation: String? = nil, parent: String? = nil, project: String? = nil
    ) {
        self.name = name
        self.client = client
        self.kind = kind
        self.headers = headers
        self.body = body
        self.conversation = conversation
        self.parent = parent
        self.project = project
    }

    /// Whether somebody waits for this answer and goes on with it.
    public var isMain: Bool { [.turn, .plan, .chat, .vision].contains(kind) }

    /// The same with another name.
    public func named(_ name: String) -> TrafficCase {
        var other = self
        other.name = name
        return other
    }

    /// The same with a member of the body replaced or put at the end.
    public func with(_ member: String, _ value: JSONValue) -> TrafficCase {
        var other = self
        other.body[member] = value
        return other
    }

    /// The same with a header field more.
    public func with(header field: String, _ value: String) -> TrafficCase {
        var other = self
        other.headers.add(field, value)
        return other
    }
}

/// Short spellings for the parts of a chat request.
enum Wire {
    static func system(_ text: String) -> JSONValue { ["role": "system", "content": .string(text)] }
    static func user(_ text: String) -> JSONValue { ["role": "user", "content": .string(text)] }
    static func assistant(_ text: String) -> JSONValue { ["role": "assistant", "content": .string(text)] }

    static func user(_ parts: [JSONValue]) -> JSONValue { ["role": "user", "content": .array(parts)] }
    static func text(_ text: String) -> JSONValue { ["type": "text", "text": .string(text)] }

    /// A picture: bytes of no format, which nobody here looks at.
    static let picture: JSONValue = [
        "type": "image_url", "image_url": ["url": "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ"],
    ]

    static func call(_ id: String, _ name: String, _ arguments: String) -> JSONValue {
        [
            "id": .string(id), "type": "function",
            "function": ["name": .string(name), "arguments": .string(arguments)],
        ]
    }

    /// An assistant's message that calls tools, and what they gave.
    static func calls(_ calls: [JSONValue], results: [String], text: String = "") -> [JSONValue] {
        let message: JSONValue = ["role": "assistant", "content": .string(text), "tool_calls": .array(calls)]
        return [message]
            + zip(calls, results).map { call, result in
                ["role": "tool", "tool_call_id": call["id"] ?? .null, "content": .string(result)]
            }
    }

    static func function(_ name: String, _ description: String, _ parameters: [String]) -> JSONValue {
        var properties: JSONValue = [:]
        for parameter in parameters { properties[parameter] = ["type": "string"] }
        return [
            "type": "function",
            "function": [
                "name": .string(name), "description": .string(description),
                "parameters": [
                    "type": "object", "properties": properties,
                    "required": .array(parameters.prefix(1).map { .string($0) }),
                ],
            ],
        ]
    }
}
