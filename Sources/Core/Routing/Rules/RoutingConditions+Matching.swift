extension RouteQuestion {
    /// The first rule that holds for a request that asks for this model.
    func rule(for model: String) -> RoutingRule? {
        configuration.rules.first { $0.conditions.hold(for: self, model: model) }
    }
}

extension RoutingConditions {
    /// Whether a request is as they say: each that asks something must hold, of a list one element.
    /// - Parameter model: the one that was asked for.
    func hold(for question: RouteQuestion, model: String) -> Bool {
        let request = question.request
        return (clients.isEmpty || clients.contains(request.client))
            && (kinds.isEmpty || kinds.contains(request.kind))
            && (models.isEmpty || models.contains { Wildcard($0).matches(model) })
            && (demands.isEmpty || question.demands.contains { $0.score >= demands[$0.kind] ?? .infinity })
            && (tokens?.contains(question.signals.promptTokens) ?? true)
            && isTime(question)
            && (load.map { range in question.load.map(range.contains) ?? false } ?? true)
            && headers.allSatisfy { name, pattern in
                question.headers.all(name).contains { Wildcard(pattern).matches($0) }
            }
            && (projects.isEmpty
                || projects.contains { directory in
                    request.project.map { ProjectPath.lies($0, in: directory) } ?? false
                })
    }

    /// A span that ends behind midnight belongs to the day that it begins on.
    private func isTime(_ question: RouteQuestion) -> Bool {
        let (minute, day) = (question.minute, question.day)
        func isDay(_ day: Int) -> Bool { days.isEmpty || days.contains(day) }
        guard let time else { return isDay(day) }
        if minute >= time.from, minute < time.to { return isDay(day) }
        return minute + Self.minutesOfDay < time.to && isDay(day == 1 ? 7 : day - 1)
    }

    /// Minutes of a day.
    static let minutesOfDay = 24 * 60
}
