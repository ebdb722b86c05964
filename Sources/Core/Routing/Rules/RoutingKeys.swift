/// The keys below `routing`, in the order of the documentation.
enum RoutingKeys {
    static let all: [RoutingKey<RoutingConfiguration>] = [
        .model("small", \.small, as: .model),
        RoutingKey("virtual") { written, reading, configuration in
            let members = reading.members(written) ?? []
            for member in members { readVirtual(member, among: members, &reading, &configuration) }
        },
        RoutingKey("rules") { written, reading, configuration in
            configuration.rules = rules(written, &reading)
        },
        RoutingKey("fallback") { written, reading, configuration in
            for member in reading.members(written) ?? [] {
                reading.mention(member.key, line: member.line, "fallback", as: .model)
                let next = reading.modelNames(member, of: "fallback")
                if next.contains(member.key) {
                    reading.doubt(
                        member.line, "'\(member.key)' below 'fallback' follows itself", hint: "name other models there")
                }
                configuration.fallbacks[member.key] = next
            }
        },
        .word("patience", \.patience, wanted: "a time such as 250ms, 30s or 5m") { text -> Duration?? in
            Duration(humanReadable: text).flatMap { $0 > .zero ? .some($0) : nil }
        },
        RoutingKey("privacy") { written, reading, configuration in
            guard let members = reading.members(written) else { return }
            // A key that says nothing protects nothing, and '~' says nothing in YAML.
            for member in members where member.value == .null {
                reading.refuse("privacy", line: member.line, "'\(member.key)' has no value", hint: nil)
            }
            reading.apply(members, to: privacy, of: "'privacy'", &configuration.privacy)
        },
        RoutingKey("price") { written, reading, configuration in
            guard let members = reading.members(written) else { return }
            reading.apply(members, to: price, of: "'price'", &configuration.price)
        },
        RoutingKey("lanes") { written, reading, configuration in
            for member in reading.members(written) ?? [] { readLane(member, &reading, &configuration) }
        },
        RoutingKey("stabilisers") { written, reading, configuration in
            let names = Stabiliser.allCases.map(\.rawValue)
            for item in reading.texts(written) ?? [] {
                if names.contains(item.text) {
                    configuration.stabilisers.insert(item.text)
                } else {
                    reading.refuse(
                        "stabilisers", line: item.line, "'\(item.text)' is not one of \(names.joined(separator: ", "))",
                        hint: Spelling.nearest(to: item.text, among: names).map { "did you mean '\($0)'?" })
                }
            }
        },
        .model("second-opinion", \.secondOpinion, as: .local),
        .word("restore-ahead", \.restoresAhead, wanted: "true or false") { RoutingWords.yesOrNo($0) },
    ]

    static let privacy: [RoutingKey<RoutingConfiguration.Privacy>] = [
        RoutingKey("paths") { written, reading, privacy in
            privacy.paths += reading.directories(written)
        },
        RoutingKey("models") { written, reading, privacy in
            for item in reading.texts(written) ?? [] {
                if item.text.isEmpty {
                    reading.refuse("models", line: item.line, "nothing, but it takes a name or pattern")
                } else {
                    reading.note(pattern: item, "models")
                    privacy.models.append(item.text)
                }
            }
        },
        .headers("headers", \.headers, any: ""),
    ]

    static let price: [RoutingKey<RoutingConfiguration.PriceSettings>] = [
        .number("daily-budget", \.dailyBudget) { $0 },
        .number("hour", \.hour) { $0 },
        .word("margin", \.margin, wanted: "a time such as 500ms or 2s") { text in
            Duration(humanReadable: text).map {
                Double($0.components.seconds) + Double($0.components.attoseconds) * 1e-18
            }
        },
    ]

    static let lane: [RoutingKey<LaneLimits>] = [
        .word("reserved", \.reserved, wanted: "a number of slots from 0 to 256") { slots($0, from: 0) },
        .word("most", \.most, wanted: "a number of slots from 1 to 256") { slots($0, from: 1) },
    ]

    private static func slots(_ text: String, from least: Int) -> Int?? {
        Int(text).flatMap { (least...256).contains($0) ? .some($0) : nil }
    }

    private static func readLane(
        _ member: ConfigurationFile.Entry, _ reading: inout RoutingReading, _ configuration: inout RoutingConfiguration
    ) {
        let names = RequestLane.allCases.map(\.rawValue)
        guard let lane = RequestLane(rawValue: member.key) else {
            return reading.refuse(
                "lanes", line: member.line, "'\(member.key)' is not one of \(names.joined(separator: ", "))",
                hint: Spelling.nearest(to: member.key, among: names).map { "did you mean '\($0)'?" })
        }
        guard let members = reading.members(member) else { return }
        var limits = LaneLimits()
        reading.apply(members, to: Self.lane, of: "lane '\(member.key)'", &limits)
        if let reserved = limits.reserved, let most = limits.most, reserved > most {
            reading.refuse("lanes", line: member.line, "'\(member.key)' reserves more slots than it may take")
        }
        configuration.lanes[lane] = limits
    }

    /// A virtual model stands for models, not for another virtual one: nobody has to think of circles.
    private static func readVirtual(
        _ member: ConfigurationFile.Entry, among members: [ConfigurationFile.Entry], _ reading: inout RoutingReading,
        _ configuration: inout RoutingConfiguration
    ) {
        let name = member.key
        if !ModelKey.isName(name) {
            reading.refuse("virtual", line: member.line, "'\(name)' is no name: \(ModelKey.nameRule)")
        } else if reading.models.contains(name) {
            reading.refuse("virtual", line: member.line, "'\(name)' is the name of a model already")
        }
        let models = reading.modelNames(member, of: "virtual")
        if models.isEmpty {
            reading.refuse("virtual", line: member.line, "'\(name)' stands for no model")
        } else if let inner = models.first(where: { model in members.contains { $0.key == model } }) {
            reading.refuse(
                "virtual", line: member.line, "'\(name)' stands for '\(inner)', which is virtual itself",
                hint: "name the models")
        } else {
            configuration.virtualModels.append((name, models))
        }
    }
}
