import LocalCodeCore
import Testing

@testable import Commands

/// What must hold for every row of the table.
@Suite("Command table")
struct TableTests {
    private let commands = Command.program.tree
    private var rows: [(place: String, option: Option)] {
        let own = commands.flatMap { path, command in
            command.options.map { ("\(path.joined(separator: " ")) --\($0.name)", $0) }
        }
        return own + Option.global.map { ("--\($0.name)", $0) }
    }

    @Test("names are lower case words, and each is there once")
    func names() {
        for (path, command) in commands {
            #expect(Set(command.subcommands.map(\.name)).count == command.subcommands.count, "\(path)")
            #expect(isName(command.name), "\(path)")
            let options = (command.options + Option.global).map(\.name)
            #expect(Set(options).count == options.count, "\(path): \(options)")
        }
        for (place, option) in rows {
            #expect(isName(option.name) && !option.name.hasPrefix("no-"), "\(place)")
        }
    }

    private func isName(_ text: String) -> Bool {
        text.first?.isLetter == true && text.last != "-"
            && text.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "-") }
    }

    @Test("short letters are ASCII letters, each once in a command")
    func shorts() {
        for (path, command) in commands {
            let shorts = (command.options + Option.global).compactMap(\.short)
            #expect(Set(shorts).count == shorts.count, "\(path): \(shorts)")
            #expect(shorts.allSatisfy { $0.isASCII && $0.isLetter }, "\(path): \(shorts)")
        }
    }

    @Test("lines of help fit a terminal and are no sentences")
    func help() {
        for (place, option) in rows {
            #expect(
                !option.help.isEmpty && option.help.count <= 79 && !option.help.hasSuffix("."),
                "\(place): \(option.help)")
        }
        for (path, command) in commands {
            #expect(
                !command.summary.isEmpty && command.summary.count <= 70 && !command.summary.hasSuffix("."), "\(path)")
            #expect(command.summary.first?.isUppercase == true, "\(path): \(command.summary)")
            for operand in command.operands {
                #expect(
                    !operand.help.isEmpty && operand.help.count <= 79 && !operand.help.hasSuffix("."),
                    "\(path) \(operand.name)")
                #expect(operand.name == operand.name.uppercased(), "\(path) \(operand.name)")
            }
        }
    }

    @Test("a switch has neither choices nor a kind, and is on or off")
    func switches() {
        for (place, option) in rows where option.isSwitch {
            #expect(option.choices.isEmpty && option.kind == .text && !option.repeats && !option.isSecret, "\(place)")
            #expect([nil, "true", "false"].contains(option.fallback), "\(place)")
        }
    }

    @Test("values have a name in upper case, and the default is allowed")
    func values() {
        for (place, option) in rows {
            guard let value = option.value else { continue }
            #expect(value == value.uppercased() && !value.isEmpty && !value.contains(" "), "\(place)")
            if let fallback = option.fallback {
                #expect(throws: Never.self, "\(place)") { try option.checked(fallback) }
                #expect(!option.isSecret, "\(place): a secret has no default")
            }
        }
    }

    @Test("a setting means the same everywhere, and its name is a key of YAML")
    func settings() throws {
        for (place, option) in rows where option.isSetting {
            guard let first = Command.program.settings.first(where: { $0.name == option.name }) else {
                Issue.record("\(place) is missing")
                continue
            }
            #expect(first.kind == option.kind && first.choices == option.choices, "\(place)")
            #expect(
                first.repeats == option.repeats && first.value == option.value && first.isSecret == option.isSecret,
                "\(place)")
            #expect(first.fallback == option.fallback && first.environmentNames == option.environmentNames, "\(place)")
            let file = try ConfigurationFile(parsing: Array("\(option.name): x".utf8), path: "f")
            #expect(file.entries.map(\.key) == [option.name], "\(place)")
        }
    }

    @Test("no two settings share a variable")
    func variables() {
        let names = (Command.program.settings + Option.global).flatMap(\.environmentNames)
        #expect(Set(names).count == names.count, "\(names)")
    }

    @Test("what is called key, token or password is secret")
    func secrets() {
        for (place, option) in rows where !option.isSwitch {
            let isKey = ["key", "token", "password", "secret"].contains { option.name.hasSuffix($0) }
            #expect(!isKey || option.isSecret, "\(place)")
        }
    }

    @Test("only the last operand repeats, and none that is required stands behind one that is not")
    func operands() {
        for (path, command) in commands {
            #expect(command.operands.dropLast().allSatisfy { !$0.repeats }, "\(path)")
            let required = command.operands.map(\.isRequired)
            #expect(required == required.sorted { $0 && !$1 }, "\(path)")
            #expect(command.subcommands.isEmpty || command.operands.isEmpty, "\(path)")
        }
    }

    @Test("what runs by default is there, can be seen, and needs no operand")
    func defaults() {
        for (path, command) in commands {
            guard let name = command.defaultSubcommand else { continue }
            let found = command.shownSubcommands.first { $0.name == name }
            #expect(found != nil && found?.operands.contains(where: \.isRequired) == false, "\(path): \(name)")
            #expect(found?.subcommands.isEmpty == true, "\(path): \(name)")
        }
    }

    @Test("every command has an example, and the examples can be parsed")
    func examples() {
        for (path, command) in commands where command.subcommands.isEmpty && !command.isHidden {
            #expect(!command.examples.isEmpty, "\(path)")
        }
        for example in commands.flatMap(\.command.examples) {
            let words = ExampleLine.words(example.line)
            guard let start = words.firstIndex(of: "localcode") else { continue }
            let result = ArgumentParser.parse(Array(words[(start + 1)...]), program: .program)
            if case .mistake(let error, _) = result { Issue.record("\(example.line): \(error.message)") }
        }
    }
}

/// The first simple command of a shell line, as far as our examples go.
private enum ExampleLine {
    static func words(_ line: String) -> [String] {
        var words: [String] = []
        var word = ""
        var quote: Character?
        for character in line.replacing("$(", with: " ").replacing("<(", with: " ") + " " {
            if let open = quote {
                if character == open { quote = nil } else { word.append(character) }
            } else if character == "\"" || character == "'" {
                quote = character
            } else if character == " " || character == ")" {
                if !word.isEmpty { words.append(word) }
                word = ""
                if character == ")" { break }
            } else if "<>|;&".contains(character) {
                break
            } else {
                word.append(character)
            }
        }
        return words
    }
}
