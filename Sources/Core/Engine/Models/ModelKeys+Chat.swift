extension ModelKey {
    static let chat: [ModelKey] = [
        integer("reasoning-budget", \.reasoningBudget, from: -1, "most tokens of reasoning; -1: no limit, 0: none"),
        file("chat-template", \.chatTemplate, "a Jinja file in the place of the model's own template"),
        ModelKey("template-arguments", "NAME: VALUE", \.templateArguments, "arguments of the chat template") {
            written, reading in
            guard reading.members(written) != nil else { return nil }
            return written.json.object
        },
        ModelKey(
            "sampling", "NAME: X", \.sampling,
            "what holds where a request says nothing: \(alternatives(sampling.map(\.name)))"
        ) { written, reading in
            guard let members = reading.members(written) else { return nil }
            reading.entry.sampling = ModelEntry.Sampling()
            reading.apply(members, to: sampling, of: "'sampling' of model '\(reading.entry.name)'")
            return reading.entry.sampling
        },
    ]

    /// The keys below `sampling`.
    static let sampling: [ModelKey] = [
        number("temperature", \.sampling.temperature, in: 0...100, "temperature"),
        number("top-p", \.sampling.topP, in: 0...1, "top-p"),
        integer("top-k", \.sampling.topK, from: 0, "top-k"),
        number("min-p", \.sampling.minP, in: 0...1, "min-p"),
        number("presence-penalty", \.sampling.presencePenalty, "presence penalty"),
        number("frequency-penalty", \.sampling.frequencyPenalty, "frequency penalty"),
        number("repeat-penalty", \.sampling.repeatPenalty, "repeat penalty"),
        integer("seed", \.sampling.seed, from: 0, to: Int(UInt32.max), "seed"),
    ]

    static let life: [ModelKey] = [
        ModelKey(
            "extra-arguments", "LIST", \.extraArguments, "more arguments for llama-server, each an element of the list"
        ) { written, reading in
            guard case .scalar(let text) = written.value, text.contains(" ") else {
                return reading.texts(written)?.map(\.text)
            }
            reading.refuse(
                "extra-arguments", line: written.line, "one text with spaces, but it takes a list",
                hint: "write [\(text.split(separator: " ").map { "\"\($0)\"" }.joined(separator: ", "))]")
            return nil
        },
        ModelKey("environment", "NAME: VALUE", \.environment, "more variables for the environment of its llama-server")
        {
            written, reading in
            guard let members = reading.members(written) else { return nil }
            var variables: [String: String] = [:]
            for member in members {
                switch member.value {
                case .scalar(let text): variables[member.key] = text
                case .null: variables[member.key] = ""
                case .list, .mapping, .nested:
                    reading.refuse("environment", line: member.line, "\(member.key) takes one value")
                }
            }
            return variables
        },
        word(
            "memory", "SIZE", \.memory, "bytes it takes, in the place of the estimate",
            wanted: "a size such as 4096, 64MiB or 2G"
        ) { text -> Int?? in ByteCount(humanReadable: text).map { .some($0.bytes) } },
        word(
            "ttl", "TIME", \.timeToLive, "it is stopped when it was idle for so long; 0: never; else `model-ttl`",
            wanted: "a time such as 250ms, 30s, 5m or 1h"
        ) { text -> Duration?? in Duration(humanReadable: text).map { .some($0) } },
        yes("pinned", \.isPinned, "it is started with LocalCode, and never stopped for another"),
    ]
}
