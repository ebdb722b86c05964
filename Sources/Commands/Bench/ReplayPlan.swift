import LocalCodeCore

/// A trace as `bench replay` plays it: phases between the starts of the engine, and in each the requests that go out at once.
struct ReplayPlan: Sendable, Equatable {
    struct Phase: Sendable, Equatable {
        var name: String
        /// What goes out at the same time, one after another.
        var instants: [[TraceRequest]]

        var requests: Int { instants.reduce(0) { $0 + $1.count } }

        /// Tokens of its prompts, answers no longer than that.
        func tokens(answerTokens: Int) -> Int {
            instants.flatMap { $0 }.flatMap(\.prompt)
                .reduce(0) { $0 + ($1.role == .assistant ? min(answerTokens, $1.tokens) : $1.tokens) }
        }
    }

    var phases: [Phase]

    /// A trace without a restart gets one in its middle.
    init(_ trace: RequestTrace) {
        var groups: [[[TraceRequest]]] = [[]]
        for event in trace.events {
            switch event {
            case .restart: groups.append([])
            case .request(let request):
                let current = groups.count - 1
                if let last = groups[current].last, last[0].time == request.time {
                    groups[current][groups[current].count - 1].append(request)
                } else {
                    groups[current].append([request])
                }
            }
        }
        groups.removeAll(where: \.isEmpty)
        if groups.count == 1, groups[0].count > 1 {
            let middle = groups[0].count / 2
            groups = [Array(groups[0][..<middle]), Array(groups[0][middle...])]
        }
        let names =
            switch groups.count {
            case 1: ["the whole trace"]
            case 2: ["before the restart", "after the restart"]
            default: groups.indices.map { "run \($0 + 1) of the engine" }
            }
        phases = zip(names, groups).map { Phase(name: $0, instants: $1) }
    }

    /// Tokens of each phase's prompts that no earlier prompt or answer begins with: nobody can avoid reading these.
    /// - Parameter answerTokens: longest answer.
    func newTokens(answerTokens: Int) -> [Int] {
        struct Step: Hashable {
            var parent: Int
            var segment: TraceSegment
        }
        var nodes: [Step: Int] = [:]
        return phases.map { phase in
            var new = 0
            for request in phase.instants.flatMap({ $0 }) {
                var parent = -1
                for segment in request.prompt + [request.answer] {
                    let step = Step(parent: parent, segment: segment)
                    if let known = nodes[step] {
                        parent = known
                        continue
                    }
                    if segment != request.answer {
                        new += segment.role == .assistant ? min(answerTokens, segment.tokens) : segment.tokens
                    }
                    parent = nodes.count
                    nodes[step] = parent
                }
            }
            return new
        }
    }

    /// Tokens of the longest prompt with its answer.
    var longest: Int {
        phases.flatMap { $0.instants.flatMap { $0 } }.map { $0.tokens + $0.answer.tokens }.max() ?? 0
    }
}
