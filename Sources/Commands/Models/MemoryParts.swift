import LocalCodeCore

extension MemoryEstimate {
    /// What it consists of, each part with its name; those that are there.
    var parts: [(name: String, bytes: Int)] {
        [
            ("weights", weights), ("weights in another order", repacked), ("KV values", kv),
            ("recurrent states", recurrent), ("computing", compute), ("projector", projector), ("draft", draft),
            ("adapters", adapters), ("the program", base),
        ].filter { $0.1 > 0 }
    }

    /// `13.7 MiB: weights 463.3 KiB, KV values 4 MiB, computing 9.2 MiB`
    var sentence: String {
        let words = parts.map { "\($0.name) \(ByteCount(bytes: $0.bytes))" }.joined(separator: ", ")
        let later = checkpoints > 0 ? "; up to \(ByteCount(bytes: checkpoints)) more for checkpoints" : ""
        return "\(ByteCount(bytes: total)): \(words)\(later)"
    }
}
