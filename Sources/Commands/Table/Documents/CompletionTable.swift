/// The command table as shells need it.
struct CompletionTable {
    /// One command and what can be typed behind it.
    struct Entry {
        /// The command below those that lead to it, the program first.
        let chain: [Command]
        /// The options in scope.
        var options: [Option] { chain.typeableOptions }
        /// `localcode config check`.
        var words: String { chain.words }
        /// The names of the commands below it.
        var commands: [Command] { chain.last?.shownSubcommands ?? [] }
        /// What the operands complete to, one each, and whether the last one goes on.
        var operands: [Operand] { chain.last?.operands ?? [] }
    }

    let program: Command

    /// Every command, the program first.
    var entries: [Entry] { Self.entries([program]) }

    private static func entries(_ chain: [Command]) -> [Entry] {
        [Entry(chain: chain)] + (chain.last?.shownSubcommands ?? []).flatMap { entries(chain + [$0]) }
    }
}

extension Option {
    /// The long name that completions offer: the negation where the option is on by default.
    var offered: String { isOnByDefault ? "no-\(name)" : name }

    /// Every way to type the option.
    var spellings: [String] { (short.map { ["-\($0)"] } ?? []) + ["--\(offered)"] }
}
