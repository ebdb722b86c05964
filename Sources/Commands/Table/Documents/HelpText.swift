/// What `--help` prints.
enum HelpText {
    /// The help of the last command of the chain, for a stream of this kind.
    static func text(_ chain: [Command], on stream: Context.Stream) -> String {
        text(chain, width: min(stream.width, 100), hasColor: stream.hasColor)
    }

    static func text(_ chain: [Command], width: Int, hasColor: Bool) -> String {
        let page = Page(width: max(width, 40), hasColor: hasColor)
        guard let command = chain.last else { return "" }
        var blocks = [page.usage(chain), TextWrap.fill("\(command.summary).", width: page.width)]
        blocks += TextWrap.paragraphs(command.details).map { TextWrap.fill($0, width: page.width) }
        if !command.shownSubcommands.isEmpty {
            blocks.append(
                page.table("Commands", command.shownSubcommands.map { ($0.name, $0.summary + remark($0, command)) }))
        }
        if !command.operands.isEmpty {
            blocks.append(page.table("Operands", command.operands.map { ($0.name, $0.help) }))
        }
        let own = chain.flatMap(\.options)
        if !own.isEmpty { blocks.append(page.table("Options", own.map(row))) }
        blocks.append(page.table(own.isEmpty ? "Options" : "Common options", Option.global.map(row)))
        if !command.examples.isEmpty { blocks.append(page.examples(command.examples)) }
        if let closing = closing(chain, own) { blocks.append(TextWrap.fill(closing, width: page.width)) }
        return blocks.joined(separator: "\n\n") + "\n"
    }

    private static func remark(_ command: Command, _ group: Command) -> String {
        command.name == group.defaultSubcommand ? " (default)" : ""
    }

    private static func row(_ option: Option) -> (String, String) {
        let short = option.short.map { "-\($0), " } ?? "    "
        return (short + option.spelling, option.help + option.remark)
    }

    private static func closing(_ chain: [Command], _ own: [Option]) -> String? {
        if let command = chain.last, !command.shownSubcommands.isEmpty {
            // A command's own commands are in its page.
            let page = chain.prefix(2).map(\.name).joined(separator: "-")
            return "See '\(chain.words) COMMAND --help' for a command's options, or 'man \(page)'."
        }
        guard let setting = own.first(where: \.isSetting), let variable = setting.environmentNames.first else {
            return nil
        }
        let settings = own.filter(\.isSetting).map { "--\($0.name)" }
        let all = settings.count == own.count ? "Every option of this command" : settings.joined(separator: ", ")
        return "\(all) can also be set in localcode.yaml ('\(setting.name): ...') or in the environment (\(variable))."
    }
}

extension Option {
    /// As one types it: `--model NAME`, `--[no-]stream`, `--json`.
    var spelling: String {
        if let value { return "--\(name) \(value)" }
        return isOnByDefault ? "--[no-]\(name)" : "--\(name)"
    }

    /// What help adds in parentheses: the choices, the default, that it can be repeated.
    var remark: String {
        var parts: [String] = []
        if !choices.isEmpty { parts.append(choices.joined(separator: ", ")) }
        if repeats { parts.append("can be repeated") }
        if let fallback, !isSwitch { parts.append("default: \(fallback)") }
        if isOnByDefault { parts.append("default: on") }
        return parts.isEmpty ? "" : " (\(parts.joined(separator: "; ")))"
    }
}

extension [Command] {
    /// The synopsis behind the program's words: `[OPTIONS] FILE...`.
    var synopsis: String {
        guard let command = last else { return "" }
        var words = ["[OPTIONS]"]
        if !command.shownSubcommands.isEmpty {
            words = [command.defaultSubcommand == nil ? "COMMAND" : "[COMMAND]", "[OPTIONS]"]
        }
        words += command.operands.map { operand in
            let name = operand.repeats ? "\(operand.name)..." : operand.name
            return operand.isRequired ? name : "[\(name)]"
        }
        return words.joined(separator: " ")
    }
}

/// The layout of one help text.
private struct Page {
    let width: Int
    let hasColor: Bool

    func bold(_ text: String) -> String { hasColor ? "\u{1B}[1m\(text)\u{1B}[0m" : text }

    func usage(_ chain: [Command]) -> String {
        bold("Usage:") + " \(chain.words) \(chain.synopsis)"
    }

    /// Two columns under a heading; a left side that is too wide has a line of its own.
    func table(_ heading: String, _ rows: [(String, String)]) -> String {
        let widest = rows.map(\.0.count).filter { $0 <= 26 }.max() ?? 0
        let indent = String(repeating: " ", count: widest + 4)
        let lines = rows.map { left, right in
            let label = "  \(left)"
            if label.count + 2 > indent.count {
                return label + "\n" + TextWrap.fill(right, width: width, first: indent, indent: indent)
            }
            let padding = String(repeating: " ", count: indent.count - label.count)
            return TextWrap.fill(right, width: width, first: label + padding, indent: indent)
        }
        return ([bold("\(heading):")] + lines).joined(separator: "\n")
    }

    func examples(_ examples: [Example]) -> String {
        let lines = examples.map { example in
            "  \(example.line)\n" + TextWrap.fill(example.help, width: width, first: "      ", indent: "      ")
        }
        return ([bold("Examples:")] + lines).joined(separator: "\n")
    }
}
