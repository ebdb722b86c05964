/// What `bench cache` measures.
struct CachePlan: Sendable, Equatable {
    /// Tokens of the prompts.
    var sizes = [1_024, 4_096, 16_384]
    /// How often each conversation comes back.
    var rounds = 3
    /// How often a request of 60 KB is asked of each.
    var pairs = 40
    /// Makes the texts of one run differ from those of another.
    var seed: UInt64 = 0

    /// What a progress bar counts.
    var steps: Int { 2 + sizes.count * (2 * Self.conversations + 2 + rounds) }

    /// One more than there are slots, so that each has to give way.
    static let conversations = 3

    /// `1024,4096,16384`, or in thousands: `1k,4k,16k`.
    static func sizes(from text: String) throws(UsageError) -> [Int] {
        var sizes: [Int] = []
        for part in text.lowercased().split(separator: ",") {
            let isThousands = part.hasSuffix("k")
            guard let number = Int(isThousands ? part.dropLast() : part), number <= 1_000_000,
                case let size = isThousands ? number * 1_024 : number, (128...1_000_000).contains(size)
            else {
                throw UsageError("invalid size '\(part)'", hint: "tokens from 128 on, as in --sizes 1k,4k,16k")
            }
            sizes.append(size)
        }
        guard !sizes.isEmpty else { throw UsageError("--sizes is empty") }
        return sizes
    }

    /// Tokens that all conversations of a size take together, with what the turns add.
    var contextSize: Int {
        let turns = 5 + rounds
        let largest = (sizes.max() ?? 0) + turns * 64 + 512
        // A conversation that comes back has to fit beside the one in the other slot; 60 KB are some 20,000 tokens.
        return (2 * max(largest, 20_000) + 4_095) / 4_096 * 4_096
    }
}
