import LocalCodeCore

/// A report of a request's route for people. It is made of the report's JSON, whoever made that.
struct RouteText {
    let report: JSONValue
    let now: Double
    let stream: Context.Stream

    var text: String {
        var lines = head + ["\n"] + content + ["\n"] + decision
        let prices = report["prices"]?.array ?? []
        if !prices.isEmpty { lines += ["\n", priceTable(prices)] }
        let outcome = outcome
        if !outcome.isEmpty { lines += ["\n"] + outcome }
        return lines.joined()
    }

    // MARK: - Who and what

    private var head: [String] {
        var lines: [String] = []
        if let id = string("id"), !id.isEmpty {
            let age = report["time"]?.double.map { ", \(HumanText.age(now - $0)) ago" } ?? ""
            lines.append(row("request", id + age))
        }
        for about in ["client", "kind", "conversation", "parent", "project"] {
            guard let value = string(about) else { continue }
            lines.append(row(about, value + evidence(about)))
        }
        let hints = report["hints"]?.object?.map { "\($0.key) \($0.value.string ?? "")" } ?? []
        if !hints.isEmpty { lines.append(row("hints", hints.joined(separator: ", "))) }
        for note in report["evidence"]?.array ?? [] where note["about"]?.string?.hasPrefix("hint (") ?? false {
            lines.append(row("", "\(note["rule"]?.string ?? ""): '\(note["text"]?.string ?? "")' is not understood"))
        }
        return lines
    }

    /// What it was told by: `(user-agent: opencode/1.18.18)`.
    private func evidence(_ about: String) -> String {
        guard let found = report["evidence"]?.array?.first(where: { $0["about"]?.string == about }),
            let rule = found["rule"]?.string
        else { return report["hints"]?[about] == nil ? "" : "  (as the request says)" }
        let text = found["text"]?.string ?? ""
        return text.isEmpty || text == string(about) ? "  (\(rule))" : "  (\(rule): \(text))"
    }

    // MARK: - Content

    private var content: [String] {
        var lines = [row("content", signals.joined(separator: ", "))]
        for (index, demand) in (report["demands"]?.array ?? []).enumerated() {
            let score = HumanText.decimals(demand["score"]?.double ?? 0, 2)
            let words = texts(demand["words"]).joined(separator: ", ")
            let name = (demand["kind"]?.string ?? "").padding(to: 13)
            lines.append(row(index == 0 ? "wants" : "", "\(name)\(score.padding(to: 5)) \(words)"))
        }
        return lines
    }

    private var signals: [String] {
        let signals = report["signals"]
        func number(_ name: String) -> Int { signals?[name]?.int ?? 0 }
        var parts = ["about \(HumanText.count(number("prompt_tokens"), "token"))"]
        if number("tools") > 0 { parts.append(HumanText.count(number("tools"), "tool")) }
        if number("tool_depth") > 0 {
            parts.append("\(HumanText.count(number("tool_depth"), "call")) since the user spoke")
        }
        if number("images") > 0 { parts.append(HumanText.count(number("images"), "picture")) }
        if let share = signals?["code_share"]?.double, share > 0 {
            parts.append(HumanText.percent(share, of: 1) + " code")
        }
        parts += texts(signals?["languages"])
        if signals?["diff"]?.bool ?? false { parts.append("a diff") }
        if signals?["stack_trace"]?.bool ?? false { parts.append("a stack trace") }
        if let isQuestion = signals?["question"]?.bool { parts.append(isQuestion ? "a question" : "an instruction") }
        if let language = signals?["language"]?.string { parts.append("in '\(language)'") }
        if let tool = signals?["failures"]?["tool"]?.string {
            parts.append("\(tool) failed \(signals?["failures"]?["count"]?.int ?? 0) times")
        }
        return parts
    }

    // MARK: - Decision

    private var decision: [String] {
        var lines: [String] = []
        if let asked = string("asked") { lines.append(row("asks for", asked)) }
        if let refusal = report["refusal"]?["message"]?.string {
            lines.append(row("refused", refusal))
        } else {
            lines.append(row("model", string("model") ?? "none"))
            let others = texts(report["models"]).filter { $0 != string("model") }
            if !others.isEmpty { lines.append(row("or", others.joined(separator: ", "))) }
            let next = texts(report["fallbacks"]?[string("model") ?? ""])
            if !next.isEmpty { lines.append(row("if it fails", next.joined(separator: ", "))) }
        }
        lines.append(row("lane", string("lane") ?? ""))
        if let rule = string("rule") { lines.append(row("rule", rule)) }
        if report["local_only"]?.bool ?? false { lines.append(row("privacy", "stays on this machine")) }
        let overrides =
            report["overrides"]?.object?.map { key, value -> String in
                // As it is written in a rule.
                let word =
                    value.isNull ? "~" : key == "reasoning" ? value.bool.map { $0 ? "on" : "off" } : value.string
                return "\(key): \(word ?? value.description)"
            } ?? []
        if !overrides.isEmpty { lines.append(row("sets", overrides.joined(separator: ", "))) }
        lines += list("because", texts(report["reasons"]))
        lines += list(
            "left out",
            (report["excluded"]?.array ?? []).map { "\($0["model"]?.string ?? ""): \($0["reason"]?.string ?? "")" })
        return lines
    }

    private func priceTable(_ prices: [JSONValue]) -> String {
        let last = RoutePrice.columns.count - 1
        var table = TextTable(
            RoutePrice.columns.enumerated().map { index, title in
                TextTable.Column(title: title, isNumber: index > 0 && index < last, least: index == last ? 20 : nil)
            })
        for row in RoutePrice.table(prices.map(RoutePrice.init)) { table.add(row) }
        return table.text(on: stream)
    }

    // MARK: - What came of it

    private var outcome: [String] {
        var lines = list(
            "asked",
            (report["attempts"]?.array ?? []).map { "\($0["model"]?.string ?? ""): \($0["outcome"]?.string ?? "")" })
        if let placement = string("placement") { lines.append(row("placement", placement)) }
        let stabilisers = texts(report["stabilisers"])
        if !stabilisers.isEmpty { lines.append(row("stabilised", stabilisers.joined(separator: ", "))) }
        return lines
    }

    // MARK: - Lines

    private func string(_ name: String) -> String? { report[name]?.string }

    private func texts(_ value: JSONValue?) -> [String] { value?.array?.compactMap(\.string) ?? [] }

    private func list(_ name: String, _ texts: [String]) -> [String] {
        texts.enumerated().map { index, text in row(index == 0 ? name : "", text) }
    }

    private func row(_ name: String, _ text: String) -> String {
        name.padding(to: 14) + TerminalText.line(text) + "\n"
    }
}

extension RoutePrice {
    /// As its JSON has it.
    fileprivate init(_ json: JSONValue) {
        self.init(model: json["model"]?.string ?? "")
        func seconds(_ name: String) -> Double { json[name]?.double ?? 0 }
        (queue, swap, restore) = (seconds("queue"), seconds("swap"), seconds("restore"))
        (prefill, decode, dollars) = (seconds("prefill"), seconds("decode"), seconds("dollars"))
        claim = json["home"]?.bool == true ? .home : json["small"]?.bool == true ? .small : nil
        obstacle = json["obstacle"]?.string
    }
}

extension String {
    fileprivate func padding(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
