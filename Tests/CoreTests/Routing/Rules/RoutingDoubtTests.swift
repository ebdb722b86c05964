import Testing

@testable import LocalCodeCore

@Suite("Rules: what is written well and cannot work")
struct RoutingDoubtTests {
    @Test(
        "what could protect nothing is refused",
        arguments: [
            (
                "paths: [\"\", code/*, ~bob/x, work]",
                "3: invalid value for 'paths' of 'privacy': nothing, but it takes a directory|"
                    + "3: invalid value for 'paths' of 'privacy': 'code/*' is a pattern, but it takes a directory "
                    + "(all that lies in a directory counts with it)|"
                    + "3: invalid value for 'paths' of 'privacy': whose home '~bob/x' means is not known "
                    + "(write the path from '/' on)"
            ),
            ("paths: ~", "3: invalid value for 'privacy' of routing: 'paths' has no value"),
            ("models:", "3: invalid value for 'privacy' of routing: 'models' has no value"),
        ])
    func protection(text: String, expected: String) throws {
        #expect(try routingProblems("routing:\n  privacy:\n    \(text)").joined(separator: "|") == expected)
    }

    @Test func directoriesAreNotedWithTheirLines() throws {
        let reading = try readRouting(
            #"""
            routing:
              rules: [{when: {project: ~/a}, use: coder}]
              privacy:
                paths:
                  - b
                  - C:\work
            """#)
        #expect(reading.configuration.privacy.paths == ["/etc/localcode/b", #"C:\work"#])
        #expect(
            reading.directories.map { "\($0.line) \($0.name) \($0.place)" } == [
                "2 /home/me/a 'project' of 'when' of rule '1'", "5 /etc/localcode/b 'paths' of 'privacy'",
            ])
    }

    @Test("a reason for refusing is a text", arguments: ["true", "no", "403", "\"on\""])
    func refusals(value: String) throws {
        let text = value.filter { $0 != "\"" }
        #expect(
            try routingProblems("routing:\n  rules: [{refuse: \(value)}]") == [
                "2: invalid value for 'refuse' of rule '1': '\(text)' is not a text for the client "
                    + "(say why: refuse: no GLM at night)"
            ])
    }

    @Test func patternsAreNoNames() throws {
        #expect(
            try routingProblems("routing:\n  fallback: {coder: glm-*}\n  rules: [{use: [c*]}]") == [
                "2: invalid value for 'fallback' of routing: 'glm-*' is a pattern, but it takes a name "
                    + "(name each model; patterns are for 'when' and 'privacy')",
                "3: invalid value for 'use' of rule '1': 'c*' is a pattern, but it takes a name "
                    + "(name each model; patterns are for 'when' and 'privacy')",
            ])
    }

    @Test(
        "what has no effect is doubted",
        arguments: [
            (
                "  fallback: {coder: [small, coder], small: coder}",
                "2: 'coder' below 'fallback' follows itself (name other models there)"
            ),
            (
                "  rules:\n    - {use: coder}\n    - {name: late, when: {kind: title}, use: small}",
                "4: the rule 'late' never counts: '1' matches before it does (put it in front of '1')"
            ),
            ("  rules:\n    - {when: {kind: titel}, use: coder}\n    - {use: small}", ""),
            ("  rules:\n    - {when: {kind: title}, use: coder}\n    - {use: small}", ""),
        ])
    func doubts(text: String, expected: String) throws {
        let doubts = try readRouting("routing:\n\(text)").doubts.map { doubt in
            doubt.description.dropFirst("localcode.yaml:".count) + (doubt.hint.map { " (\($0))" } ?? "")
        }
        #expect(doubts.joined(separator: "|") == expected)
    }

    @Test(
        "conditions cover others, or do not",
        arguments: [
            ("", "{kind: title}", true), ("{kind: title}", "", false), ("{kind: [turn, title]}", "{kind: title}", true),
            ("{kind: title}", "{kind: [turn, title]}", false), ("{kind: title}", "{client: zed}", false),
            ("{client: zed}", "{client: zed, kind: title}", true), ("{model: glm-*}", "{model: [GLM-4*, glm-5]}", true),
            ("{model: glm-4}", "{model: glm-*}", false), ("{demand: coder}", "{demand: coder>0.7}", true),
            ("{demand: coder>0.7}", "{demand: coder}", false), ("{demand: coder}", "{demand: [coder, vision]}", false),
            ("{tokens: over 10}", "{tokens: 20-30}", true), ("{tokens: 20-30}", "{tokens: over 10}", false),
            ("{load: under 0.9}", "{load: under 0.5}", true), ("{load: under 0.9}", "", false),
            ("{time: 8-18}", "{time: 8-18, days: mon}", true), ("{time: 8-18}", "{time: 9-10}", false),
            // The night that begins on Monday ends on Tuesday.
            ("{days: mon}", "{days: mon, time: 22-6}", false), ("{days: mon-fri}", "{days: mon}", true),
            ("{header: {x-team: blue*}}", "{header: {X-Team: blue-2, x-a: b}}", true),
            ("{header: {x-team: blue, x-a: b}}", "{header: {x-team: blue}}", false),
            ("{project: /code}", "{project: [/code/a, /code]}", true),
            ("{project: /code/a}", "{project: /code}", false),
        ])
    func covering(first: String, second: String, covers: Bool) throws {
        let rules = [first, second].map { "    - {use: coder\($0.isEmpty ? "" : ", when: \($0)")}" }
        let reading = try readRouting("routing:\n  rules:\n" + rules.joined(separator: "\n"))
        #expect(reading.problems == [])
        #expect(reading.doubts.count == (covers ? 1 : 0))
    }

    @Test func modelsThatCannotDoTheirJobAreTold() throws {
        let reading = try readRouting(
            """
            routing:
              small: auto
              virtual: {auto: [coder, glm-4.77]}
              fallback: {auto: small}
              second-opinion: glm-4.7
              rules: [{use: [long, GLM-5]}]
              privacy: {models: [cod*, private-*, auto, glm-4*]}
            """)
        #expect(reading.problems.isEmpty)
        func words(_ problems: [ConfigurationProblem]) -> [String] {
            problems.map { "\($0)" + ($0.hint.map { " (\($0))" } ?? "") }
        }
        let models = ["coder", "small", "long"]
        #expect(
            words(reading.problems(withModels: models, silent: ["long"], path: "f")) == [
                "f:2: invalid value for 'small' of routing: 'auto' is a virtual model (name one of coder, small)",
                "f:4: invalid value for 'fallback' of routing: 'auto' is a virtual model (name one of coder, small)",
                "f:5: invalid value for 'second-opinion' of routing: 'glm-4.7' is not on this machine "
                    + "(name one of coder, small)",
                "f:6: invalid value for 'use' of rule '1': 'long' writes no text (name one of coder, small, auto)",
            ])
        #expect(
            words(reading.notes(withModels: models, path: "f")) == [
                "f:7: note: 'models' of 'privacy': no model that is known here is called 'private-*'",
                "f:3: note: 'virtual' of routing: no model of GLM's is known here as 'glm-4.77' "
                    + "(did you mean 'glm-4.7'?)",
            ])
    }
}
