import Testing

@testable import LocalCodeCore

@Suite("Rules: reading them")
struct RoutingReadingTests {
    @Test("nothing is no routing", arguments: ["", "port: 1", "routing:", "routing: {}", "routing: ~"])
    func nothing(text: String) throws {
        let reading = try readRouting(text)
        #expect(reading.configuration == RoutingConfiguration())
        #expect(reading.problems.isEmpty && reading.mentions.isEmpty)
    }

    @Test func everythingButRules() throws {
        let reading = try readRouting(
            """
            routing:
              small: small
              virtual:
                auto: [coder, glm-4.7]
                fast: small
              fallback:
                coder: glm-4.7
                glm-4.7: [coder, long]
              patience: 90s
              privacy:
                paths: [~/secret, work, /abs/]
                models: private-*
                headers: {x-secret: ~, x-client: acme*}
              price: {daily-budget: 2.5, hour: 12, margin: 500ms}
              lanes:
                background: {most: 1}
                main: {reserved: 2, most: 4}
              stabilisers: [volatile-lines, reasoning]
              second-opinion: small
              restore-ahead: true
            """)
        #expect(reading.problems.map(\.description) == [])
        let found = reading.configuration
        var wanted = RoutingConfiguration()
        wanted.small = "small"
        wanted.virtualModels = [("auto", ["coder", "glm-4.7"]), ("fast", ["small"])]
        wanted.fallbacks = ["coder": ["glm-4.7"], "glm-4.7": ["coder", "long"]]
        wanted.patience = .seconds(90)
        wanted.privacy.paths = ["/home/me/secret", "/etc/localcode/work", "/abs/"]
        wanted.privacy.models = ["private-*"]
        wanted.privacy.headers = [("x-secret", ""), ("x-client", "acme*")]
        wanted.price.dailyBudget = 2.5
        wanted.price.hour = 12
        wanted.price.margin = 0.5
        wanted.lanes = [.background: LaneLimits(most: 1), .main: LaneLimits(reserved: 2, most: 4)]
        wanted.stabilisers = ["volatile-lines", "reasoning"]
        wanted.secondOpinion = "small"
        wanted.restoresAhead = true
        #expect(found == wanted)
    }

    @Test func aRuleWithEverything() throws {
        let reading = try readRouting(
            """
            routing:
              rules:
                - name: all
                  when:
                    client: [opencode-1, aider]
                    kind: turn
                    model: [gpt-*, coder]
                    demand: [coder>0.7, vision]
                    tokens: over 8000
                    time: 22:00-6
                    days: [sat-mon, thu]
                    load: under 0.5
                    header: {x-team: blue*}
                    project: ~/app
                  use: [coder, long]
                  lane: subagent
                  set: {temperature: 0, stop: [a, "1"], reasoning_effort: ~}
                  reasoning: off
                  privacy: local-only
                - refuse: not today
                - when: {kind: [title, summary]}
                  use: small
            """)
        #expect(reading.problems.map(\.description) == [])
        var conditions = RoutingConditions()
        conditions.clients = [.openCode1, .aider]
        conditions.kinds = [.turn]
        conditions.models = ["gpt-*", "coder"]
        conditions.demands = [.coder: 0.7, .vision: 0.5]
        conditions.tokens = 8001...Int.max
        conditions.time = (22 * 60, 30 * 60)
        conditions.days = [6, 7, 1, 4]
        conditions.load = 0...0.5.nextDown
        conditions.headers = [("x-team", "blue*")]
        conditions.projects = ["/home/me/app"]
        var rule = RoutingRule(name: "all", conditions: conditions)
        rule.models = ["coder", "long"]
        rule.lane = .subagent
        rule.overrides.fields = ["temperature": 0, "stop": ["a", "1"], "reasoning_effort": nil]
        rule.overrides.reasons = false
        rule.isLocalOnly = true
        var closed = RoutingRule(name: "2")
        closed.refusal = "not today"
        #expect(reading.configuration.rules.prefix(2) == [rule, closed])
        #expect(reading.configuration.rules.map(\.name) == ["all", "2", "3"])
        #expect(reading.configuration.rules[2].conditions.kinds == [.title, .summary])
    }

    @Test(
        "what is wrong has its line and a hint",
        arguments: [
            (
                "routing: 1",
                "1: invalid value for 'routing': it takes a mapping ('localcode config route-example' prints one)"
            ),
            ("routing:\n  smal: x", "2: unknown key 'smal' of routing (did you mean 'small'?)"),
            (
                "routing:\n  rules: {a: 1}",
                "2: invalid value for 'rules' of routing: it takes a list (write '- name: NAME' below it)"
            ),
            (
                "routing:\n  rules:\n    - use: coder\n    - word",
                "4: invalid value for 'rules' of routing: a rule is a mapping (write '- use: MODEL')"
            ),
            (
                "routing:\n  rules:\n    - name: x\n      when:\n        kind: titel\n      use: small",
                "5: invalid value for 'kind' of 'when' of rule 'x': 'titel' is not one of turn, plan, title, summary, "
                    + "compaction, subagent, explore, commit, structured, vision, chat, completion, fim, embedding, "
                    + "rerank (did you mean 'title'?)"
            ),
            (
                "routing:\n  rules:\n    - when: {klient: zed}\n      use: small",
                "3: unknown key 'klient' of 'when' of rule '1' (did you mean 'client'?)"
            ),
            (
                "routing:\n  rules:\n    - name: x\n    - name: y\n      when: {kind: fim}",
                "3: the rule 'x' does nothing (say what: use, lane, set, reasoning, privacy or refuse)|"
                    + "4: the rule 'y' does nothing (say what: use, lane, set, reasoning, privacy or refuse)"
            ),
            (
                "routing:\n  rules: [{name: a, use: b}, {name: a, use: c}]",
                "2: there are two rules 'a'"
            ),
            (
                "routing:\n  rules: [{name: a, use: b, refuse: not now}]",
                "2: the rule 'a' refuses a request, and does something with it"
            ),
            (
                "routing:\n  rules: [{set: {top-p: 1, messages: [], a b: 1}}]",
                "2: invalid value for 'set' of rule '1': 'top-p' is no field of a request (did you mean 'top_p'?)|"
                    + "2: invalid value for 'set' of rule '1': 'messages' is not for a rule to change|"
                    + "2: invalid value for 'set' of rule '1': 'a b' is no field of a request"
            ),
            (
                "routing:\n  virtual: {coder: small, a b: small, x: [], auto: auto2, auto2: small}",
                "2: invalid value for 'virtual' of routing: 'coder' is the name of a model already|"
                    + "2: invalid value for 'virtual' of routing: 'a b' is no name: \(ModelKey.nameRule)|"
                    + "2: invalid value for 'virtual' of routing: 'x' stands for no model|"
                    + "2: invalid value for 'virtual' of routing: 'auto' stands for 'auto2', which is virtual itself "
                    + "(name the models)"
            ),
            (
                "routing:\n  lanes:\n    bakground: {most: 1}\n    main: {reserved: 3, most: 2}\n    fim: {most: 0}",
                "3: invalid value for 'lanes' of routing: 'bakground' is not one of main, subagent, background, fim "
                    + "(did you mean 'background'?)|"
                    + "4: invalid value for 'lanes' of routing: 'main' reserves more slots than it may take|"
                    + "5: invalid value for 'most' of lane 'fim': '0' is not a number of slots from 1 to 256"
            ),
            (
                "routing:\n  stabilisers: [volatil-lines]",
                "2: invalid value for 'stabilisers' of routing: 'volatil-lines' is not one of "
                    + "\(Stabiliser.allCases.map(\.rawValue).joined(separator: ", ")) (did you mean 'volatile-lines'?)"
            ),
            (
                "routing:\n  patience: 0\n  price: {hour: -1, daily-budget: much}\n  restore-ahead: perhaps",
                "2: invalid value for 'patience' of routing: '0' is not a time such as 250ms, 30s or 5m|"
                    + "3: invalid value for 'hour' of 'price': '-1' is not a number of at least 0|"
                    + "3: invalid value for 'daily-budget' of 'price': 'much' is not a number of at least 0|"
                    + "4: invalid value for 'restore-ahead' of routing: 'perhaps' is not true or false"
            ),
            (
                "routing:\n  privacy:\n    headers: [a b]\n  rules: [{when: {header: {x: }}, privacy: yes}]",
                "3: invalid value for 'headers' of 'privacy': 'a b' is no name of a header field|"
                    + "4: invalid value for 'header' of 'when' of rule '1': x takes one value|"
                    + "4: invalid value for 'privacy' of rule '1': 'yes' is not local-only"
            ),
            (
                "routing:\n  rules:\n    - when: {demand: coder>2}\n      use: small\n    - when: {demand: codr}\n      use: a",
                "3: invalid value for 'demand' of 'when' of rule '1': 'coder>2' is not one of coder, general, vision, "
                    + "small, reasoning, long-context, nor that with a score: coder>0.7|"
                    + "5: invalid value for 'demand' of 'when' of rule '2': 'codr' is not one of coder, general, vision, "
                    + "small, reasoning, long-context, nor that with a score: coder>0.7 (did you mean 'coder'?)"
            ),
        ])
    func wrong(text: String, expected: String) throws {
        #expect(try routingProblems(text).joined(separator: "|") == expected)
    }

    @Test func modelsThatNobodyKnowsAreTold() throws {
        let text = """
            routing:
              small: smal
              virtual: {auto: [coder, glm-9]}
              fallback:
                codr: auto
              rules:
                - name: x
                  use: [auto, fast, long]
            """
        let reading = try readRouting(text)
        #expect(reading.problems.isEmpty)
        let problems = reading.problems(withModels: ["coder", "small", "long"], path: "f")
        #expect(
            problems.map { "\($0)" + ($0.hint.map { " (\($0))" } ?? "") } == [
                "f:2: invalid value for 'small' of routing: no model below 'models' is called 'smal' (did you mean 'small'?)",
                "f:5: invalid value for 'fallback' of routing: no model below 'models' is called 'codr' (did you mean 'coder'?)",
                "f:8: invalid value for 'use' of rule 'x': no model below 'models' is called 'fast' "
                    + "(name one of coder, small, long, auto)",
            ])
    }

    @Test(
        arguments: [
            ("over 0", 1...Int.max), ("under 1", 0...0), ("5-5", 5...5), ("over 5", 6...Int.max),
            ("2000-8000", 2000...8000), ("5-4", nil), ("5", nil), ("over x", nil), ("over -1", nil), ("under 0", nil),
            ("", nil), ("-", nil), ("over", nil), ("over \(Int.max)", nil), ("1-2-3", nil),
        ] as [(String, ClosedRange<Int>?)])
    func tokens(text: String, range: ClosedRange<Int>?) { #expect(RoutingWords.tokens(text) == range) }

    @Test(
        arguments: [
            ("8-18", [480, 1080]), ("8:05-8:06", [485, 486]), ("22-6", [1320, 1800]), ("0-24", [0, 1440]),
            ("18:00-24:00", [1080, 1440]), ("8-8", nil), ("24-1", nil), ("8", nil), ("8:5-9", nil), ("25-1", nil),
            ("8:60-9", nil), ("24:01-3", nil), ("", nil), ("a-b", nil), ("1--2", nil),
        ] as [(String, [Int]?)])
    func spans(text: String, minutes: [Int]?) {
        #expect(RoutingWords.span(text).map { [$0.from, $0.to] } == minutes)
    }

    @Test(
        arguments: [
            ("mon", [1]), ("Sun", [7]), ("mon-fri", [1, 2, 3, 4, 5]), ("sat-mon", [6, 7, 1]), ("tue-tue", [2]),
            ("monday", nil), ("", nil), ("mon-", nil), ("mon-tue-wed", nil),
        ] as [(String, [Int]?)])
    func days(text: String, days: [Int]?) { #expect(RoutingWords.days(text) == days) }
}
