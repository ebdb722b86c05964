import LocalCodeCore
import Support
import Testing

@testable import Commands

@Suite("Configuration: the example file")
struct ExampleFileTests {
    private let options = Command.program.settings

    private func example() throws -> String {
        let path = "\(TestPlaces.repository)/localcode.example.yaml"
        return String(decoding: try #require(try FileText.bytes(at: path, limit: 1 << 20)), as: UTF8.self)
    }

    /// The example with every setting switched on: the '#' taken away in front of keys, of list elements, and of what is below a
    /// key.
    private func allSettings() throws -> ConfigurationFile {
        let lines = try example().split(separator: "\n", omittingEmptySubsequences: false).map { line in
            guard line.hasPrefix("# ") else { return line }
            let text = line.dropFirst(2)
            let key = text.prefix { $0.isLowercase || $0 == "-" }
            let isSetting = !key.isEmpty && text.dropFirst(key.count).first == ":"
            return isSetting || text.hasPrefix("  ") ? text : line
        }
        return try ConfigurationFile(parsing: Array(lines.joined(separator: "\n").utf8), path: "localcode.example.yaml")
    }

    @Test("is valid as it is")
    func valid() throws {
        let file = try ConfigurationFile(parsing: Array(example().utf8), path: "localcode.example.yaml")
        #expect(file.settings(for: options, in: "/", home: nil).problems.isEmpty)
    }

    @Test("is valid with every setting switched on, and mentions them all")
    func complete() throws {
        let file = try allSettings()
        #expect(file.settings(for: options, in: "/", home: nil).problems.map(\.description) == [])
        #expect(Set(file.entries.map(\.key)) == Set(options.map(\.name) + ConfigurationFile.otherKeys))
    }

    @Test("its models are valid")
    func models() throws {
        let (models, problems) = ModelEntry.read(from: try allSettings(), in: "/", home: nil)
        #expect(problems.map(\.description) == [])
        #expect(models.map(\.name) == ["coder", "coder-terse", "small"])
    }

    @Test("its routing is valid, and names its models")
    func routing() throws {
        let file = try allSettings()
        let routing = RoutingConfiguration.read(from: file, models: [], in: "/", home: "/home")
        #expect(routing.problems.map(\.description) == [])
        #expect(routing.configuration.rules.map(\.name) == ["commit messages"])
        #expect(routing.problems(withModels: ["coder", "coder-terse", "small"], path: file.path) == [])
    }

    @Test("shows the defaults")
    func defaults() throws {
        let settings = try allSettings().settings(for: options, in: "/", home: nil).settings
        for option in options {
            guard let fallback = option.fallback else { continue }
            #expect(settings[option.name]?.values == [fallback], "\(option.name)")
        }
    }
}
