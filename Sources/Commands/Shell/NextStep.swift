/// What to do about what is missing, the same wherever it is missed.
enum NextStep {
    /// Where there is no llama-server.
    static let engine = "run scripts/start, or name one with --llama-server"
}
