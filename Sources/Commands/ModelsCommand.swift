extension Command {
    /// `localcode models`
    public static let models = Command(
        name: "models",
        summary: "Look at models, and at how they are started",
        details: """
            The models are those that localcode.yaml names under `models:`; docs/models.md tells what can be said about each. \
            Without any, it is the one of the set-up.
            """,
        subcommands: [modelsList, modelsShow, modelsPair, modelsPlan, modelsSteer], defaultSubcommand: "ls")
}
