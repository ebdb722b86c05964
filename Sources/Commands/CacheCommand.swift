import LocalCodeCore

extension Command {
    /// `localcode cache`
    public static let cacheCommand = Command(
        name: "cache",
        summary: "See and manage the stored KV states",
        details: """
            'localcode serve' saves the KV state of conversations, so that no token is read twice. These commands show what \
            is stored and why a request was or was not served from it, and make or remove states. All of them work while \
            'localcode serve' runs and without it.

            A state is named by its key, or by the beginning of it: at least 4 hexadecimal digits.
            """,
        subcommands: [cacheList, cacheStats, cacheWhy, cacheWarm, cachePrune, cachePin, cacheUnpin, cacheVerify])

    private static let cacheList = Command(
        name: "ls",
        summary: "List the stored states",
        details: """
            Every state has a line: the beginning of its key, why it is kept (a conversation, a base of system prompt and \
            tools that sessions start from, or a name), the number of message boundaries in it, its tokens and size, when \
            it was made and used last, how often it was restored and used, and the prefill time that saved. The state is \
            'ready', 'pinned' (no limit removes it), or 'quarantined': it was restored and was no good.

            On a terminal the lines fit its width, and columns are left out where they do not; elsewhere, and with --json, \
            nothing is cut.

            With --why each line tells what the state was good for, how many conversations like it come back after they \
            lost their slot, how long its project keeps it from its turn, and how many go before it when room is needed. A \
            conversation of a kind that hardly ever comes back is not stored to begin with.
            """,
        options: [
            .onlyModel, .onlyFingerprint,
            Option("why", help: "tell of each state why it is kept, and for how long"),
            Option("pinned", help: "only states that no limit removes"),
            Option("quarantined", help: "only states that were no good when they were restored"),
            Option("unused", help: "only states that were never restored and used"),
            Option(
                "sort", "s", value: "ORDER", fallback: "used", choices: EntrySort.allCases.map(\.rawValue),
                help: "what comes first: the oldest, the largest, the last used",
                details: """
                    With age the oldest comes first; with size, hits, tokens and saved the one that has most of it; with \
                    used the one that was used last.
                    """),
            Option("reverse", "r", help: "turn the order around"),
            .json, .cacheDirectory, .cacheSize, .cacheEntries, .cacheTimeToLive, .cachePolicy,
        ],
        examples: [
            Example("localcode cache ls", "see what is stored, the last used first"),
            Example("localcode cache ls --unused --sort size", "see what takes room without being used"),
            Example("localcode cache ls --why", "see why each state is kept, and what goes first"),
            Example("localcode cache ls --json | jq 'map(.bytes) | add'", "use the list in a script"),
        ],
        run: { try CacheList(invocation: $0).run() })

    private static let cacheStats = Command(
        name: "stats",
        summary: "Add up what is stored and what it saved",
        details: """
            Shows the number and size of the states against their limits, how often they were restored and used or in \
            vain, the prefill time that saved, the same for each model and each fingerprint, and what the cache did for the \
            last requests.

            A fingerprint stands for everything that makes a state readable by one engine and by no other.
            """,
        options: [.json, .cacheDirectory, .cacheSize, .cacheEntries, .cacheTimeToLive, .cacheFreeDisk, .cachePolicy],
        examples: [
            Example("localcode cache stats", "see whether the cache is worth its room"),
            Example("localcode cache stats --json | jq .seconds_saved", "use a figure in a script"),
        ],
        run: { try CacheStats(invocation: $0).run() })

    private static let cachePrune = Command(
        name: "prune",
        summary: "Remove states",
        details: """
            What is chosen by several options must fit all of them. With --max-size or --max-entries as much of it is \
            removed as is beyond that; without them all of it. Without any choice, what is beyond the limits of the \
            settings goes: --cache-size, --cache-entries and --cache-ttl.

            Pinned states stay, and so do named ones, which are pinned: see 'localcode cache unpin' and 'localcode state rm'.
            """,
        options: [
            Option(
                "older-than", value: "TIME", kind: .duration, help: "states that nobody used for so long: 12h, 7d"),
            Option("max-size", value: "SIZE", kind: .size, help: "leave no more than so many bytes"),
            Option("max-entries", value: "N", kind: .integer(0...1_000_000), help: "leave no more than so many states"),
            .onlyModel, .onlyFingerprint,
            Option("unused", help: "states that were never restored and used"),
            Option("quarantined", help: "states that were no good when they were restored"),
            Option("all", help: "everything"),
            Option("dry-run", "n", help: "say what would go, and remove nothing"),
            .json, .cacheDirectory, .cacheSize, .cacheEntries, .cacheTimeToLive, .cachePolicy,
        ],
        examples: [
            Example("localcode cache prune --older-than 7d --dry-run", "see what a week without use would cost"),
            Example("localcode cache prune --max-size 5GiB", "make room"),
            Example("localcode cache prune --model gemma --unused", "forget what a model's sessions never used"),
        ],
        run: { try CachePrune(invocation: $0).run() })

    private static let cachePin = Command(
        name: "pin",
        summary: "Keep states whatever the limits say",
        operands: [Operand("KEY", "beginning of a state's key", isRequired: true, repeats: true)],
        options: [.json, .cacheDirectory],
        examples: [Example("localcode cache pin 3f2a91c0", "keep a project's system prompt and tools")],
        run: { try CachePin(invocation: $0, isPinning: true).run() })

    private static let cacheUnpin = Command(
        name: "unpin",
        summary: "Let the limits remove states again",
        operands: [Operand("KEY", "beginning of a state's key", isRequired: true, repeats: true)],
        options: [.json, .cacheDirectory],
        examples: [Example("localcode cache unpin 3f2a91c0", "take back what 'pin' did")],
        run: { try CachePin(invocation: $0, isPinning: false).run() })

    private static let cacheVerify = Command(
        name: "verify",
        summary: "Check the files of states",
        details: """
            Reads every byte and holds each file against itself, its checksum and the index. What is not whole is removed, \
            as it would be when it is to be restored, and the exit status is 1. States in a directory that only their engine \
            sees cannot be checked.
            """,
        operands: [Operand("KEY", "beginning of a state's key; without any, all are checked", repeats: true)],
        options: [.json, .cacheDirectory],
        examples: [
            Example("localcode cache verify", "check everything"),
            Example("localcode cache verify --json | jq '.[] | select(.file == \"damaged\")'", "list what is damaged"),
        ],
        run: { try CacheVerify(invocation: $0).run() })
}

extension Option {
    static let json = Option("json", help: "print JSON")

    static let onlyModel = Option("model", "m", value: "NAME", help: "only states of models with NAME in their name")

    static let onlyFingerprint = Option(
        "fingerprint", value: "DIGITS", help: "only states of the engine whose fingerprint begins so")
}
