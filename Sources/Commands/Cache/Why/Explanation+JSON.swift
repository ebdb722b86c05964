import LocalCodeCore

extension Explanation {
    /// What `cache why --json` prints.
    var json: JSONValue {
        [
            "request": subject.record.map(Self.json) ?? .null,
            "nearest": nearest.map(Self.json) ?? .null,
            "shared": [
                "boundaries": .number(sharedBoundaries),
                "messages": comparison.map { .number($0.sharedMessages) } ?? .null,
            ],
            "other_engine": .bool(isOtherEngine),
            "engine_differences": .array(
                engineDifferences.map { difference in
                    [
                        "name": .string(difference.name), "earlier": Self.string(difference.theirs),
                        "later": Self.string(difference.ours),
                    ]
                }),
            "differences": .array((comparison?.differences ?? []).map(json)),
            "cost": [
                "prompt_tokens": Self.number(cost.prompt), "cached_tokens": Self.number(cost.cached),
                "tokens": Self.number(cost.lost), "seconds": cost.seconds.map { .number($0) } ?? .null,
                "estimated": .bool(cost.isEstimate),
            ],
        ]
    }

    private static func json(_ record: RequestRecord) -> JSONValue {
        [
            "id": .number(Int(record.id)), "time": .number(record.time), "key": .string(record.key.hex),
            "fingerprint": .string(record.fingerprint.hex), "conversation": .string(record.conversation.hex),
            "session": string(record.session), "model": .string(record.model), "placement": .string(record.placement),
            "expected_tokens": .number(record.expectedTokens), "actual_tokens": number(record.actualTokens),
            "prompt_tokens": number(record.promptTokens), "boundaries": .number(record.boundaries.count),
        ]
    }

    private func json(_ difference: RequestDifference) -> JSONValue {
        var json: JSONObject = ["kind": .string(difference.kind.rawValue)]
        switch difference.place {
        case .parameter(let name): json["parameter"] = .string(name)
        case .tool(let index, let name):
            json["tool"] = .string(name)
            json["index"] = .number(index)
        case .message(let index, let role):
            json["message"] = .number(index)
            json["role"] = .string(role)
        case .prompt: json["prompt"] = true
        }
        json["path"] = .string(difference.path)
        json["cause"] = Self.string(difference.cause?.rawValue)
        json["stabiliser"] = Self.string(comparison?.stabiliser(against: difference)?.rawValue)
        if let text = difference.text {
            json["offset"] = .number(text.offset)
            json["line"] = .number(text.line)
            json["column"] = .number(text.column)
            json["context"] = .string(text.context)
            json["earlier"] = Self.string(text.earlier)
            json["later"] = Self.string(text.later)
        }
        return .object(json)
    }

    private static func string(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
    private static func number(_ number: Int?) -> JSONValue { number.map { .number($0) } ?? .null }
}
