/// Figures in the text format of Prometheus (https://prometheus.io/docs/instrumenting/exposition_formats/).
enum MetricsText {
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// - Parameter models: the configured models as they stand.
    static func text(_ figures: [Metrics.Label: RequestFigures], models: [ModelReport]) -> String {
        let rows = figures.sorted { $0.key < $1.key }
        let requests = requestFamilies.map { family in
            family.text(
                rows.map { label, figures in
                    Line([("model", label.model), ("kind", label.kind.rawValue)], family.value(figures))
                })
        }
        let engines = modelFamilies.map { family in
            family.text(models.map { Line([("model", $0.name)], family.value($0)) })
        }
        let states = models.flatMap { model in
            ModelReport.State.allCases.map { state in
                Line([("model", model.name), ("state", state.rawValue)], .count(model.state == state ? 1 : 0))
            }
        }
        return (requests + engines).joined()
            + Line.family("model_state", "gauge", "What an engine is doing: 1 for its state.", states)
    }

    /// A number as Prometheus reads it.
    enum Value {
        case count(Int)
        case seconds(Double)
        /// Not known: there is no line for it.
        case unknown

        var text: String? {
            switch self {
            case .count(let count): String(count)
            case .seconds(let seconds): String((seconds * 1e6).rounded() / 1e6)
            case .unknown: nil
            }
        }
    }

    /// One line.
    struct Line {
        let labels: [(name: String, value: String)]
        let value: Value

        init(_ labels: [(String, String)], _ value: Value) {
            self.labels = labels
            self.value = value
        }

        /// What has one name, with its head; nothing where nothing of it is known.
        static func family(_ name: String, _ type: String, _ help: String, _ lines: [Line]) -> String {
            let texts = lines.compactMap { line in
                line.value.text.map { value in
                    let labels = line.labels.map { "\($0.name)=\"\(MetricsText.escaped($0.value))\"" }
                    return "localcode_\(name){\(labels.joined(separator: ","))} \(value)\n"
                }
            }
            guard !texts.isEmpty else { return "" }
            return "# HELP localcode_\(name) \(help)\n# TYPE localcode_\(name) \(type)\n" + texts.joined()
        }
    }

    /// What has one name, and where its values come from.
    private struct Family<Source> {
        let name: String
        let type: String
        let help: String
        let value: (Source) -> Value

        func text(_ lines: [Line]) -> String { Line.family(name, type, help, lines) }
    }

    private static var requestFamilies: [Family<RequestFigures>] {
        [
            Family(name: "requests_total", type: "counter", help: "Requests that ended.") { .count($0.requests) },
            Family(name: "request_errors_total", type: "counter", help: "Those that ended with an error.") {
                .count($0.errors)
            },
            Family(name: "prompt_tokens_total", type: "counter", help: "Tokens of prompts, cached ones included.") {
                .count($0.prompt)
            },
            Family(name: "cached_tokens_total", type: "counter", help: "Tokens of prompts that were not read again.") {
                .count($0.cached)
            },
            Family(name: "completion_tokens_total", type: "counter", help: "Tokens that were written.") {
                .count($0.completion)
            },
            Family(name: "prompt_seconds_total", type: "counter", help: "Time engines took to read prompts.") {
                .seconds($0.promptSeconds)
            },
            Family(name: "decode_seconds_total", type: "counter", help: "Time engines took to write.") {
                .seconds($0.decodeSeconds)
            },
            Family(name: "drafted_tokens_total", type: "counter", help: "Tokens that speculation guessed.") {
                .count($0.drafts.drafted)
            },
            Family(name: "accepted_tokens_total", type: "counter", help: "Guessed tokens that were right.") {
                .count($0.drafts.accepted)
            },
            Family(
                name: "drafted_tokens_after_restore_total", type: "counter",
                help: "Tokens guessed in answers that began on a state from the disk."
            ) { .count($0.draftsAfterRestore.drafted) },
            Family(
                name: "accepted_tokens_after_restore_total", type: "counter",
                help: "Those of them that were right."
            ) { .count($0.draftsAfterRestore.accepted) },
        ]
    }

    private static var modelFamilies: [Family<ModelReport>] {
        [
            Family(name: "model_memory_bytes", type: "gauge", help: "Memory that an engine uses.") {
                $0.memory.map(Value.count) ?? .unknown
            },
            Family(name: "model_estimate_bytes", type: "gauge", help: "Memory that an engine is expected to use.") {
                $0.estimate.map(Value.count) ?? .unknown
            },
            Family(name: "model_active_requests", type: "gauge", help: "Requests that run.") { .count($0.active) },
            Family(name: "model_waiting_requests", type: "gauge", help: "Requests that wait for the engine.") {
                .count($0.waiting)
            },
            Family(name: "model_loads_total", type: "counter", help: "How often an engine was started.") {
                .count($0.loads)
            },
            Family(name: "model_unloads_total", type: "counter", help: "How often it was stopped.") {
                .count($0.unloads)
            },
            Family(name: "model_restarts_total", type: "counter", help: "How often it ended by itself.") {
                .count($0.restarts)
            },
            Family(name: "model_load_seconds_total", type: "counter", help: "Time that all its starts took.") {
                .seconds($0.loadSeconds)
            },
        ]
    }

    /// A label's value between its quotes.
    static func escaped(_ value: String) -> String {
        value.unicodeScalars.reduce(into: "") { text, scalar in
            switch scalar {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case "\n": text += "\\n"
            default: text.unicodeScalars.append(scalar)
            }
        }
    }
}
