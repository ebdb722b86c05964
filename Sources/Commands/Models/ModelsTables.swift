import LocalCodeCore

/// What `serve` says of its models, in tables.
enum ModelsTables {
    /// A line a model: what its engine is doing.
    static func engines(_ models: [JSONValue]) -> TextTable {
        var table = TextTable([
            .init(title: "MODEL", least: 12), .init(title: "STATE"), .init(title: "MEMORY", isNumber: true),
            .init(title: "RUNNING", isNumber: true, rank: 2), .init(title: "IDLE", isNumber: true, rank: 3),
            .init(title: "LOADS", isNumber: true, rank: 4), .init(title: "ACCEPTED", isNumber: true),
            .init(title: "SPEED", isNumber: true), .init(title: "SPECULATION", least: 11, rank: 1),
            .init(title: "STEERING", least: 8, rank: 5), .init(title: "ALIASES", least: 7, rank: 6),
            .init(title: "NOTE", least: 12, rank: 7),
        ])
        for model in models {
            table.add([
                model["name"]?.string ?? "?", state(model), memory(model), running(model),
                model["idle_seconds"]?.double.map(HumanText.age) ?? "", loads(model),
                percent(model["figures"]?["acceptance"]), speed(model["figures"]),
                words(model["speculation"]), steering(model), words(model["aliases"]),
                model["detail"]?.string ?? "",
            ])
        }
        return table
    }

    /// A line for each model and kind of request: what requests cost.
    static func figures(_ models: [JSONValue]) -> TextTable {
        var table = TextTable([
            .init(title: "MODEL", least: 12), .init(title: "KIND"), .init(title: "REQUESTS", isNumber: true),
            .init(title: "ERRORS", isNumber: true, rank: 2), .init(title: "PROMPT", isNumber: true),
            .init(title: "CACHED", isNumber: true, rank: 1), .init(title: "WRITTEN", isNumber: true),
            .init(title: "SPEED", isNumber: true), .init(title: "ACCEPTED", isNumber: true),
            .init(title: "RESTORED", isNumber: true, rank: 3),
        ])
        for model in models {
            for (kind, figures) in model["kinds"]?.object ?? [:] {
                func count(_ name: String) -> String { figures[name]?.int.map(HumanText.grouped) ?? "" }
                table.add([
                    model["name"]?.string ?? "?", kind, count("requests"), count("errors"), count("prompt_tokens"),
                    cached(figures), count("completion_tokens"), speed(figures), percent(figures["acceptance"]),
                    percent(figures["acceptance_after_restore"]),
                ])
            }
        }
        return table
    }

    private static func state(_ model: JSONValue) -> String {
        let state = model["state"]?.string ?? "-"
        return model["pinned"]?.bool == true ? "\(state), pinned" : state
    }

    /// What it takes, or else about what it will.
    private static func memory(_ model: JSONValue) -> String {
        if let bytes = model["memory_bytes"]?.int { return ByteCount(bytes: bytes).description }
        return model["estimate_bytes"]?.int.map { "~\(ByteCount(bytes: $0))" } ?? ""
    }

    /// The requests of this moment; the other table has their total.
    private static func running(_ model: JSONValue) -> String {
        guard let active = model["active"]?.int else { return "" }
        let waiting = model["waiting"]?.int ?? 0
        return waiting > 0 ? "\(active) + \(waiting) wait" : "\(active)"
    }

    private static func loads(_ model: JSONValue) -> String {
        guard let loads = model["loads"]?.int else { return "" }
        let restarts = model["restarts"]?.int ?? 0
        return restarts > 0 ? "\(loads), \(HumanText.count(restarts, "crash", "crashes"))" : "\(loads)"
    }

    private static func cached(_ figures: JSONValue) -> String {
        guard let prompt = figures["prompt_tokens"]?.int, let cached = figures["cached_tokens"]?.int else { return "" }
        return HumanText.percent(Double(cached), of: Double(prompt))
    }

    private static func percent(_ part: JSONValue?) -> String {
        part?.double.map { HumanText.percent($0, of: 1) } ?? "-"
    }

    private static func speed(_ figures: JSONValue?) -> String {
        guard let speed = figures?["tokens_per_second"]?.double, speed >= 0, speed < 1e9 else { return "-" }
        return "\(HumanText.decimals(speed, speed < 10 ? 1 : 0)) t/s"
    }

    private static func words(_ list: JSONValue?) -> String {
        (list?.array ?? []).compactMap(\.string).joined(separator: ", ")
    }

    /// `terse.gguf × 0.8`
    static func steering(_ model: JSONValue) -> String {
        (model["steering"]?.array ?? []).map { vector in
            let file = vector["path"]?.string?.split(separator: "/").last.map(String.init) ?? "?"
            let scale = vector["scale"]?.double ?? 1
            return scale == 1 ? file : "\(file) × \(vector["scale"]?.description ?? "?")"
        }.joined(separator: ", ")
    }
}
