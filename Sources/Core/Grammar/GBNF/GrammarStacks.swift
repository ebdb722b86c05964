/// The stacks of a pushdown automaton, each kept once: a stack is a step of the program on top of another stack.
///
/// These are llama.cpp's stacks, but that it copies them, and that it writes repetitions out, which are counted here.
struct GrammarStacks {
    /// Reading on would take more than the bounds allow.
    enum Excess: Error {
        /// More ways to read the text at once than this.
        case ways(Int)
        /// More open rules than this.
        case depth(Int)
    }

    struct Stack: Equatable {
        let step: Int32
        /// In a text, how many characters are behind; in a loop, how many rounds.
        let count: Int32
        let below: Int32
    }

    /// The stack of nothing: the text may end.
    static let empty: Int32 = 0

    let program: GrammarProgram
    /// How many stacks there may be at once.
    let ways: Int
    private(set) var all = [Stack(step: -1, count: 0, below: -1)]
    /// Open addressing; a free place is 0.
    private var table = [Int32](repeating: 0, count: 1024)
    /// For each stack, the last expansion that met it.
    private var mark: [Int32] = [0]
    private var round: Int32 = 0

    /// How many rules may be open. Four times as many stacks are kept before those are forgotten that are not used any more:
    /// looking for them must not come too often.
    private let depth: Int

    init(_ program: GrammarProgram, ways: Int, depth: Int) {
        self.program = program
        self.ways = ways
        self.depth = depth
    }

    /// Whether it is time to forget what is not used any more.
    var isFull: Bool { all.count > 2 * depth }

    /// The stacks at the beginning of a text.
    mutating func start() throws(Excess) -> [Int32] {
        try expand(program.alternatives[Int(program.start)].map { push($0, on: Self.empty) })
    }

    /// The stacks behind a character.
    /// - Parameter character: the least of its class.
    mutating func advance(_ stacks: [Int32], by character: UInt32) throws(Excess) -> [Int32] {
        var next: [Int32] = []
        for id in stacks where id != Self.empty {
            let stack = all[Int(id)]
            let step = program.steps[Int(stack.step)]
            switch step.kind {
            case .text:
                guard program.characters[Int(step.first + stack.count)] == character else { continue }
                let isDone = step.first + stack.count + 1 == step.second
                next.append(
                    isDone
                        ? push(stack.step + 1, on: stack.below)
                        : intern(Stack(step: stack.step, count: stack.count + 1, below: stack.below)))
            case .set:
                guard program.sets[Int(step.first)].contains(character) else { continue }
                next.append(push(stack.step + 1, on: stack.below))
            default:
                continue
            }
        }
        return next.isEmpty ? [] : try expand(next)
    }

    /// Goes into rules until every stack has a character on top. In order, each once.
    private mutating func expand(_ stacks: [Int32]) throws(Excess) -> [Int32] {
        round += 1
        var result: [Int32] = []
        var work = stacks
        while let id = work.popLast() {
            guard mark[Int(id)] != round else { continue }
            mark[Int(id)] = round
            guard id != Self.empty else {
                result.append(id)
                continue
            }
            let stack = all[Int(id)]
            let step = program.steps[Int(stack.step)]
            switch step.kind {
            case .text, .set, .token:
                result.append(id)
                guard result.count <= ways else { throw .ways(ways) }
            case .call:
                enter(step.first, on: push(stack.step + 1, on: stack.below), &work)
            case .loop:
                if stack.count >= step.second { work.append(push(stack.step + 1, on: stack.below)) }
                // Behind the least number, an endless loop counts no more.
                let isEndless = step.third == GrammarProgram.unlimited
                let count = isEndless ? min(stack.count + 1, step.second) : stack.count + 1
                let isLast = count == step.third
                let below =
                    isLast
                    ? push(stack.step + 1, on: stack.below)
                    : intern(Stack(step: stack.step, count: count, below: stack.below))
                enter(step.first, on: below, &work)
            case .end:
                break
            }
            guard all.count < 4 * depth else { throw .depth(depth) }
        }
        result.sort()
        return result
    }

    private mutating func enter(_ body: Int32, on below: Int32, _ work: inout [Int32]) {
        for start in program.alternatives[Int(body)] { work.append(push(start, on: below)) }
    }

    /// A stack with a step on top; at the end of an alternative there is no step.
    private mutating func push(_ step: Int32, on below: Int32) -> Int32 {
        program.steps[Int(step)].kind == .end ? below : intern(Stack(step: step, count: 0, below: below))
    }

    private mutating func intern(_ stack: Stack) -> Int32 {
        let mask = table.count - 1
        var place = Self.hash(stack) & mask
        while table[place] != 0 {
            let id = table[place]
            if all[Int(id)] == stack { return id }
            place = (place + 1) & mask
        }
        let id = Int32(all.count)
        table[place] = id
        all.append(stack)
        mark.append(0)
        if all.count * 2 > table.count { grow() }
        return id
    }

    private mutating func grow() {
        table = [Int32](repeating: 0, count: table.count * 2)
        let mask = table.count - 1
        for id in 1..<all.count {
            var place = Self.hash(all[id]) & mask
            while table[place] != 0 { place = (place + 1) & mask }
            table[place] = Int32(id)
        }
    }

    private static func hash(_ stack: Stack) -> Int {
        var value = UInt64(UInt32(bitPattern: stack.step)) &* 0x9E37_79B9_7F4A_7C15
        value = (value ^ UInt64(UInt32(bitPattern: stack.below))) &* 0xC2B2_AE3D_27D4_EB4F
        value = (value ^ value >> 31 ^ UInt64(UInt32(bitPattern: stack.count))) &* 0x1656_67B1_9E37_79F9
        return Int(truncatingIfNeeded: value >> 17)
    }

    /// Forgets all stacks but some, which get new numbers.
    mutating func keep(_ stacks: [Int32]) throws(Excess) -> [Int32] {
        var isLive = [Bool](repeating: false, count: all.count)
        for id in stacks {
            var id = id
            while id != Self.empty, !isLive[Int(id)] {
                isLive[Int(id)] = true
                id = all[Int(id)].below
            }
        }
        let old = all
        all.removeSubrange(1...)
        mark = [0]
        round = 0
        table = [Int32](repeating: 0, count: 1024)
        var number = [Int32](repeating: 0, count: old.count)
        // What lies below a stack was made before it.
        for id in 1..<old.count where isLive[id] {
            number[id] = intern(
                Stack(step: old[id].step, count: old[id].count, below: number[Int(old[id].below)]))
        }
        guard all.count <= depth else { throw .depth(depth) }
        return stacks.map { number[Int($0)] }.sorted()
    }
}
