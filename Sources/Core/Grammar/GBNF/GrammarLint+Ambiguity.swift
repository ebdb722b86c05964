/// Texts that can be read in so many ways that the engine does not come to an end.
extension GrammarLint {
    /// The stacks from which on the engine takes minutes for a token: it compares each with each, and tries every token on every one.
    private static let tooMany = 10_000
    /// From here on an answer is slow.
    private static let many = 1_000
    /// How long a text to try.
    private static let length = 48
    /// How much to try in all, in stacks.
    private static let effort = 400_000

    /// Walks through the grammar towards the most stacks, as a model might.
    mutating func checkAmbiguity() {
        guard grammar.text.count <= 1 << 20, let program = GrammarProgram(grammar) else { return }
        var stacks = GrammarStacks(program, ways: Self.tooMany, depth: 200_000)
        var text = String.UnicodeScalarView()
        var most = 0
        do {
            var current = try stacks.start()
            most = current.count
            var effort = Self.effort
            while text.count < Self.length, effort > 0, let next = try widest(current, &stacks, &effort) {
                current = next.stacks
                text.append(next.character)
                most = max(most, current.count)
            }
        } catch {
            return findings.unsafe(
                "too many ways to read the same text\(Self.describe(text)): llama-server hangs on this", at: start,
                hint: "put what alternatives have in common into one, so that one character tells which it is")
        }
        guard most > Self.many else { return }
        findings.warn(
            "up to \(most) ways to read the same text\(Self.describe(text)): llama-server gets slow", at: start,
            hint: "put what alternatives have in common into one")
    }

    private var start: Int {
        guard let body = grammar.startSymbol.flatMap({ grammar.symbols[$0].body }) else { return 0 }
        return Int(grammar.bodies[Int(body)].offset)
    }

    /// The character that leads to the most stacks.
    private func widest(
        _ current: [Int32], _ stacks: inout GrammarStacks, _ effort: inout Int
    ) throws(GrammarStacks.Excess) -> (stacks: [Int32], character: Unicode.Scalar)? {
        var best: (stacks: [Int32], character: Unicode.Scalar)?
        for character in characters(current, stacks) {
            let next = try stacks.advance(current, by: character.value)
            effort -= next.count + current.count
            if next.count > best?.stacks.count ?? 0 { best = (next, character) }
            if effort <= 0 { break }
        }
        return best
    }

    /// What can come next: of each text its character, of each set the beginning of each range.
    private func characters(_ current: [Int32], _ stacks: GrammarStacks) -> [Unicode.Scalar] {
        var found = Set<UInt32>()
        var result: [Unicode.Scalar] = []
        for id in current where id != GrammarStacks.empty {
            let stack = stacks.all[Int(id)]
            let step = stacks.program.steps[Int(stack.step)]
            switch step.kind {
            case .text: found.insert(stacks.program.characters[Int(step.first + stack.count)])
            case .set:
                for range in stacks.program.sets[Int(step.first)].ranges.prefix(8) { found.insert(range.lowerBound) }
            default: continue
            }
            if found.count > 64 { break }
        }
        for value in found.sorted() {
            if let scalar = Unicode.Scalar(value) { result.append(scalar) }
        }
        return result
    }

    private static func describe(_ text: String.UnicodeScalarView) -> String {
        text.isEmpty ? "" : ", such as \(GrammarExcerptText.quoted(String(text)))"
    }
}
