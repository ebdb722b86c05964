import LocalCodeCore

extension Command {
    static let configRouteExample = Command(
        name: "route-example",
        summary: "Print a commented example of rules that choose the model of a request",
        details: """
            Prints the section 'routing' of a localcode.yaml, with the names of the models in the one in use. What costs money or \
            leaves the machine is commented out. Append it to the file, and change it there.
            """,
        examples: [
            Example("localcode config route-example >> localcode.yaml", "begin with the example"),
            Example("localcode config check", "check what became of it"),
        ],
        run: { invocation in
            let loader = SettingsLoader(program: .program, context: invocation.context)
            let file = try loader.file(named: invocation["config"])
            let models = file.map { loader.content(of: $0).models } ?? []
            try invocation.context.output.write(RouteExample(models).text)
        })
}

/// An example of what can stand below `routing`.
struct RouteExample {
    /// The model for most things.
    let main: String
    /// The one for small ones.
    let small: String
    /// The virtual models, under names that no model has.
    let auto: String
    let fast: String

    /// - Parameter models: of the configuration; where there are none, the names are only examples.
    init(_ models: [ModelEntry]) {
        let chat = models.filter { $0.mode == .chat }
        let small = chat.first { $0.isCalled("small") }
        let main = chat.first { $0.name != small?.name } ?? small
        self.main = main?.name ?? "coder"
        self.small = (small ?? chat.first { $0.name != main?.name } ?? main)?.name ?? "small"
        func free(_ names: String...) -> String {
            names.first { name in !models.contains { $0.isCalled(name) } } ?? "localcode"
        }
        auto = free("auto", "any", "automatic")
        fast = free("fast", "quick", "swift")
    }

    var text: String {
        let (main, small) = (YAMLText.scalar(main), YAMLText.scalar(small))
        return """
            # Which model answers which request. docs/routing.md explains every key, 'localcode config check' finds mistakes, and
            # 'localcode route explain --last' tells what was decided for the last request, and why.
            routing:
              # The model for titles and summaries. Without this line: one that is called small, if there is one.
              small: \(small)

              # Names that clients can ask for, and the models that may answer: the one that is cheapest at the moment, in
              # seconds and in money. The others are asked when it fails before it has begun to answer.
              virtual:
                \(auto): [\(main), \(small)]
                \(fast): [\(small), \(main)]
                # hosted: [\(main), glm-4.7]

              # The first rule that matches counts. All that stands below 'when' must hold, of a list one element.
              rules:
                - name: commit messages
                  when: {kind: commit}
                  use: \(small)
                  lane: background
                  reasoning: off

                - name: aider
                  when: {client: aider, model: gpt-*}
                  use: \(main)
                  set: {temperature: 0.2}

                # What is hard goes to the hosted model, outside of working hours and where nearly all slots are busy.
                # - name: hard nuts
                #   when: {demand: reasoning>0.7, time: 18-8, load: over 0.9}
                #   use: [glm-4.7, \(main)]

                # - name: closed at the weekend
                #   when: {days: sat-sun, model: glm-*}
                #   refuse: the budget is for working days

              # Who is asked when a model fails before it has begun to answer: from here on requests may leave this machine.
              # fallback:
              #   \(main): glm-4.7
              #   glm-4.7: \(main)

              # A model that has not begun to answer after so long has failed, where there is another to ask.
              # patience: 2m

              # What must never leave this machine, whatever the rules say.
              # privacy:
              #   paths: [~/code/secret]
              #   models: [private-*]
              #   headers: {x-confidential: "*"}

              # What an hour of waiting is worth, what GLM may cost in a day, both in dollars, and how many seconds it must save to
              # leave the model that knows a conversation already.
              # price: {hour: 20, daily-budget: 5, margin: 2s}

              # Slots that are kept for a lane, and the most that it may take.
              # lanes:
              #   background: {most: 1}
              #   main: {reserved: 1}

              # Changes of prompts that keep their beginnings the same from turn to turn.
              # stabilisers: [volatile-lines, reminders, reasoning]

              # A small model that is asked about requests of which the rules can tell nothing.
              # second-opinion: \(small)

              # Restores what a project usually begins with before it is asked for.
              # restore-ahead: true

            """
    }
}
