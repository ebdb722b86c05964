import Support
import Testing

@testable import LocalCodeCore

@Suite("docs/routing.md")
struct RoutingDocumentTests {
    private let text = TestFiles.text(of: "\(TestPlaces.repository)/docs/routing.md")

    /// The first column of the table with this heading.
    private func column(_ heading: String) -> [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).drop { !$0.hasPrefix("| \(heading) |") }
            .dropFirst(2)
            .prefix { $0.hasPrefix("|") }.map { String($0.split(separator: "|")[0]).trimmed }
    }

    /// What stands in code in the first column.
    private func words(_ heading: String) -> [String] {
        column(heading).flatMap { row in
            row.split(separator: "`", omittingEmptySubsequences: false).enumerated().compactMap { index, word in
                index.isMultiple(of: 2) ? nil : String(word)
            }
        }
    }

    @Test("its tables have the keys that files are read with, in their order")
    func keys() {
        #expect(words("key of `routing`") == RoutingKeys.all.map(\.name))
        #expect(words("key of a rule") == RoutingKeys.rule.map(\.name))
        #expect(words("key of `when`") == RoutingKeys.conditions.map(\.name))
    }

    @Test("it has every word that values can have")
    func values() {
        #expect(Set(words("kind")) == Set(RequestKind.allCases.map(\.rawValue)))
        let all = RequestClient.allCases.map(\.rawValue) + Demand.Kind.allCases.map(\.rawValue)
        for word in all + RequestLane.allCases.map(\.rawValue) + Stabiliser.allCases.map(\.rawValue) {
            #expect(text.contains("`\(word)`"), "\(word)")
        }
        for key in RoutingKeys.privacy.map(\.name) + RoutingKeys.price.map(\.name) + RoutingKeys.lane.map(\.name) {
            #expect(text.contains("`\(key)`"), "\(key)")
        }
    }

    @Test("kinds wait in the lanes that it says")
    func lanes() {
        let rows = text.split(separator: "\n", omittingEmptySubsequences: false)
            .drop { $0 != "| kind | it is | lane |" }.dropFirst(2).prefix { $0.hasPrefix("|") }
        #expect(!rows.isEmpty)
        for row in rows {
            let cells = row.split(separator: "|").map { String($0).trimmed }
            let kinds = cells[0].split(separator: "`").compactMap { RequestKind(rawValue: String($0)) }
            let lanes = Set(cells[2].split(separator: ", ").map(String.init))
            #expect(!kinds.isEmpty && Set(kinds.map(\.lane.rawValue)) == lanes, "\(row)")
        }
    }

    @Test("every block of YAML is valid")
    func blocks() throws {
        let blocks = text.split(separator: "```yaml").dropFirst().compactMap { block -> String? in
            guard let start = block.firstIndex(of: "\n"), let end = block.firstRange(of: "```") else { return nil }
            return String(block[block.index(after: start)..<end.lowerBound])
        }
        #expect(blocks.count == 2)
        for block in blocks {
            let file = try ConfigurationFile(parsing: Array(block.utf8), path: "docs/routing.md")
            let (models, problems) = ModelEntry.read(from: file, in: "/", home: "/home")
            let names = models.map(\.name)
            let reading = RoutingConfiguration.read(from: file, models: names, in: "/", home: "/home")
            #expect((problems + reading.problems).map(\.description) == [])
            if !names.isEmpty { #expect(reading.problems(withModels: names, path: "x") == []) }
            #expect(reading.configuration != RoutingConfiguration())
        }
    }
}

extension String {
    fileprivate var trimmed: String {
        var text = Substring(self).drop { $0 == " " }
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
