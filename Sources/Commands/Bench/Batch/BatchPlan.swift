/// What `bench batch` measures.
struct BatchPlan: Sendable, Equatable {
    /// Numbers of clients that ask at once.
    var clients = [1, 2, 4]
    /// Tokens of the prompts and of the answers.
    var prompt = 256
    var answer = 64
    /// How often each number of clients gets its turn, and how often each client asks in it.
    var rounds = 4
    var requests = 2

    /// Slots of the engine: one a client.
    var slots: Int { clients.max() ?? 1 }

    /// Tokens of context for all of them. Texts can come out longer than the vocabulary promised.
    var context: Int { slots * (prompt * 5 / 4 + answer + 256) }

    /// `1,2,4`.
    static func clients(from text: String) throws(UsageError) -> [Int] {
        var clients: Set<Int> = []
        for part in text.split(separator: ",") {
            guard let number = Int(part), (1...256).contains(number) else {
                throw UsageError("invalid number of clients '\(part)'", hint: "from 1 to 256, as in --clients 1,2,4")
            }
            clients.insert(number)
        }
        guard !clients.isEmpty else { throw UsageError("--clients is empty") }
        return clients.sorted()
    }
}
