import LocalCodeCore

/// What a line at the REPL's prompt asks for.
enum ReplCommand: Sendable, Equatable {
    /// A message for the model.
    case message(String)
    case help
    /// Nil: show it.
    case system(String?)
    /// Nil: show it.
    case model(String?)
    case file(String)
    case image(String)
    case save(String)
    case reset
    case quit
    /// What is wrong, and what to do instead.
    case mistake(String, hint: String)

    /// The commands and what they do, for `/help`.
    static let summary: [(usage: String, help: String)] = [
        ("/file PATH", "attach a text file to the next message"),
        ("/image PATH", "attach a picture to the next message"),
        ("/system TEXT", "set the system message; without TEXT, show it"),
        ("/model NAME", "use another model; without NAME, show it"),
        ("/save FILE", "write the conversation to FILE: JSON if it ends in .json, else Markdown"),
        ("/reset", "forget the conversation"),
        ("/quit", "leave (also Ctrl-D)"),
        ("/help", "show this"),
    ]

    /// A line that begins with a slash is a command; with a space before the slash, it is a message.
    static func parse(_ input: String) -> ReplCommand {
        guard input.hasPrefix("/") else { return .message(input) }
        let word = input.prefix { !$0.isWhitespace }
        let rest = trimmed(input[word.endIndex...])
        let operand = rest.isEmpty ? nil : rest
        switch word {
        case "/help", "/?": return .help
        case "/system": return .system(operand)
        case "/model": return .model(operand)
        case "/file": return withPath(operand, "/file PATH", ReplCommand.file)
        case "/image": return withPath(operand, "/image PATH", ReplCommand.image)
        case "/save": return withPath(operand, "/save FILE", ReplCommand.save)
        case "/reset": return .reset
        case "/quit", "/exit": return .quit
        default:
            let known = summary.map { String($0.usage.prefix { $0 != " " }) }
            let hint = Spelling.nearest(to: String(word), among: known).map { "did you mean \($0)?" }
            return .mistake(
                "unknown command '\(word)'",
                hint: hint ?? "/help lists the commands; a message that begins with a slash takes a space before it")
        }
    }

    private static func withPath(_ operand: String?, _ usage: String, _ command: (String) -> ReplCommand) -> ReplCommand
    {
        guard let operand else { return .mistake("a path is missing", hint: usage) }
        return command(unquoted(operand))
    }

    /// A path as one drags it into a terminal: in quotes, or with backslashes before what is special to a shell.
    private static func unquoted(_ path: String) -> String {
        if path.count > 1, let quote = path.first, quote == path.last, quote == "'" || quote == "\"" {
            return String(path.dropFirst().dropLast())
        }
        var plain = ""
        var isEscaped = false
        for character in path {
            if character == "\\", !isEscaped {
                isEscaped = true
            } else {
                plain.append(character)
                isEscaped = false
            }
        }
        return plain
    }

    private static func trimmed(_ text: Substring) -> String {
        guard let last = text.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(text[...last].drop(while: \.isWhitespace))
    }
}

/// Puts together an input of several lines: a line that ends in a backslash goes on, and `"""` opens a block that ends with
/// the next `"""`.
struct ReplInput: Sendable, Equatable {
    private enum Mode: Sendable, Equatable { case line, block }

    private var mode = Mode.line
    private var lines: [String] = []

    /// Whether a further line is needed.
    var isOpen: Bool { mode == .block || !lines.isEmpty }

    /// Takes a line.
    /// - Returns: the whole input, when this line completes it.
    mutating func add(_ line: String) -> String? {
        var line = line[...]
        if mode == .line, lines.isEmpty, line.hasPrefix(Self.quotes) {
            mode = .block
            line = line.dropFirst(Self.quotes.count)
            if line.isEmpty { return nil }
        }
        if mode == .block {
            guard let end = line.firstRange(of: Self.quotes) else {
                lines.append(String(line))
                return nil
            }
            // What stands behind the closing quotes belongs to the message as well.
            let tail = String(line[..<end.lowerBound] + line[end.upperBound...])
            return finish(tail.isEmpty ? [] : [tail])
        }
        guard line.hasSuffix("\\") else { return finish([String(line)]) }
        lines.append(String(line.dropLast()))
        return nil
    }

    private mutating func finish(_ last: [String]) -> String {
        let whole = (lines + last).joined(separator: "\n")
        self = ReplInput()
        return whole
    }

    private static let quotes = "\"\"\""
}
