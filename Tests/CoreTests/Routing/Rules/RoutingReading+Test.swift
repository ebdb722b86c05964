@testable import LocalCodeCore

/// What is read from the text of a localcode.yaml that stands in /etc/localcode.
func readRouting(
    _ text: String, models: [String] = ["coder", "small", "long"]
) throws -> RoutingConfiguration.Reading {
    let file = try ConfigurationFile(parsing: Array(text.utf8), path: "localcode.yaml")
    return RoutingConfiguration.read(from: file, models: models, in: "/etc/localcode", home: "/home/me")
}

/// The problems with it: line, message, and the hint in parentheses.
func routingProblems(_ text: String) throws -> [String] {
    try readRouting(text).problems.map { problem in
        problem.description.dropFirst("localcode.yaml:".count) + (problem.hint.map { " (\($0))" } ?? "")
    }
}
