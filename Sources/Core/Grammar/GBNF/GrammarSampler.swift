/// Makes up texts that a grammar allows.
public struct GrammarSampler: Sendable {
    private let program: GrammarProgram
    private var random: GrammarRandom
    /// For each body, how short it can be, in characters, as far as a simple search finds; nil: it never ends.
    private let shortest: [Int?]
    /// For each body, the alternative that is as short.
    private let best: [Int32]

    /// How many characters a text may have, where the grammar lets it end.
    public var length = 200

    /// How likely a repetition goes on, of 100.
    private static let goingOn = 70
    /// After so many steps only short ways are taken.
    private static let patience = 200_000

    /// - Parameter seed: the same one makes the same texts.
    /// - Throws: the reason why there is nothing to make.
    public init(_ grammar: Grammar, seed: UInt64) throws(GrammarProblem) {
        if let problem = grammar.problem { throw GrammarProblem(problem) }
        guard let program = GrammarProgram(grammar) else {
            throw GrammarProblem(message: "there is no rule '\(grammar.start)'", excerpt: "")
        }
        self.program = program
        random = GrammarRandom(seed)
        (shortest, best) = Self.search(program)
        guard shortest[Int(program.start)] != nil else {
            throw GrammarProblem(
                message: program.hasTokens
                    ? "the grammar refers to tokens of a model's vocabulary, which only the engine has"
                    : "no text is ever complete: '\(grammar.start)' leads to itself in every alternative", excerpt: "")
        }
    }

    /// Finds a way to an end for every body, in rounds: those that need few others come first.
    private static func search(_ program: GrammarProgram) -> (shortest: [Int?], best: [Int32]) {
        var shortest = [Int?](repeating: nil, count: program.alternatives.count)
        var best = [Int32](repeating: -1, count: program.alternatives.count)
        let users = users(in: program)
        var work = Array(program.alternatives.indices)
        while !work.isEmpty {
            var next: [Int] = []
            for body in work where shortest[body] == nil {
                for start in program.alternatives[body] {
                    guard let length = length(start, program, shortest), length < shortest[body] ?? .max else {
                        continue
                    }
                    shortest[body] = length
                    best[body] = start
                }
                if shortest[body] != nil { next += users[body].map(Int.init) }
            }
            work = next
        }
        return (shortest, best)
    }

    /// For each body, the bodies that cannot do without it.
    private static func users(in program: GrammarProgram) -> [[Int32]] {
        var users = [[Int32]](repeating: [], count: program.alternatives.count)
        for (body, starts) in program.alternatives.enumerated() {
            for start in starts {
                var place = Int(start)
                while program.steps[place].kind != .end {
                    let step = program.steps[place]
                    if step.kind == .call || step.kind == .loop, users[Int(step.first)].last != Int32(body) {
                        users[Int(step.first)].append(Int32(body))
                    }
                    place += 1
                }
            }
        }
        return users
    }

    private static func length(_ start: Int32, _ program: GrammarProgram, _ shortest: [Int?]) -> Int? {
        var sum = 0
        var place = Int(start)
        while program.steps[place].kind != .end {
            guard let length = length(of: program.steps[place], shortest) else { return nil }
            sum = min(sum + length, 1 << 40)
            place += 1
        }
        return sum
    }

    private static func length(of step: GrammarProgram.Step, _ shortest: [Int?]) -> Int? {
        switch step.kind {
        case .text: Int(step.second - step.first)
        case .set: 1
        case .token: nil
        case .call: shortest[Int(step.first)]
        case .loop: step.second == 0 ? 0 : shortest[Int(step.first)].map { min($0 * Int(step.second), 1 << 40) }
        case .end: 0
        }
    }
}

// MARK: - Making texts

extension GrammarSampler {
    /// The next text.
    public mutating func next() -> String {
        var text = String.UnicodeScalarView()
        var room = length - (shortest[Int(program.start)] ?? 0)
        var count = 0
        // What is still to come, the next on top: a step, and how many more rounds if it is a loop that has begun.
        var work: [(step: Int32, rounds: Int)] = [(choose(program.start, &room, false), -1)]
        while let (place, rounds) = work.popLast() {
            count += 1
            let isHasty = count > Self.patience
            let step = program.steps[Int(place)]
            if step.kind == .end { continue }
            if rounds > 1 { work.append((place, rounds - 1)) } else if rounds != 0 { work.append((place + 1, -1)) }
            switch step.kind {
            case .text:
                for value in program.characters[Int(step.first)..<Int(step.second)] {
                    if let scalar = Unicode.Scalar(value) { text.append(scalar) }
                }
            case .set: text.append(character(of: program.sets[Int(step.first)]))
            case .call: work.append((choose(step.first, &room, isHasty), -1))
            case .loop where rounds > 0: work.append((choose(step.first, &room, isHasty), -1))
            case .loop:
                let rounds = self.rounds(of: step, &room, isHasty)
                guard rounds > 0 else { continue }
                // The step behind comes when the last round is over.
                work.removeLast()
                work.append((place, rounds))
            case .token, .end: continue
            }
        }
        return String(text)
    }

    /// An alternative of a body that there is room for.
    private mutating func choose(_ body: Int32, _ room: inout Int, _ isHasty: Bool) -> Int32 {
        let least = shortest[Int(body)] ?? 0
        guard !isHasty, room > 0 else { return best[Int(body)] }
        let fitting = program.alternatives[Int(body)].filter {
            Self.length($0, program, shortest).map { $0 - least <= room } ?? false
        }
        guard let chosen = fitting.randomElement(using: &random) else { return best[Int(body)] }
        room -= max(0, (Self.length(chosen, program, shortest) ?? least) - least)
        return chosen
    }

    private mutating func rounds(of step: GrammarProgram.Step, _ room: inout Int, _ isHasty: Bool) -> Int {
        var rounds = Int(step.second)
        guard !isHasty, let length = shortest[Int(step.first)] else { return rounds }
        while rounds < Int(step.third), room >= max(1, length), Int.random(in: 0..<100, using: &random) < Self.goingOn {
            rounds += 1
            room -= length
        }
        return rounds
    }

    /// Rather one that a person can read.
    private mutating func character(of set: CodePoints) -> Unicode.Scalar {
        var ranges = set.ranges
        for preferred in [[0x20...0x7E], [0x09...0x0A, 0x20...0x7E, 0xA0...0xD7FF, 0xE000...0x10FFFF]]
            as [[ClosedRange<UInt32>]]
        {
            let common = ranges.flatMap { range in
                preferred.filter(range.overlaps).map { range.clamped(to: $0) }
            }
            guard !common.isEmpty else { continue }
            ranges = common
            // Now and then another one.
            if Int.random(in: 0..<100, using: &random) < 90 || preferred.count > 1 { break }
            ranges = set.ranges
        }
        let range = ranges.randomElement(using: &random) ?? 0x20...0x20
        return Unicode.Scalar(UInt32.random(in: range, using: &random)) ?? " "
    }
}
