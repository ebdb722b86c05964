import Synchronization

/// A bar on a terminal while something takes long: `[######------] 3/6  12s  a title`. Elsewhere it writes nothing.
final class ProgressLine: Sendable {
    private struct State {
        /// The step that is being worked on, counted from 1.
        var current = 0
        var label = ""
        var isShown = false
    }

    private let stream: Context.Stream
    private let steps: Int
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant
    private let state = Mutex(State())

    /// - Parameter steps: how many there will be.
    init(_ stream: Context.Stream, steps: Int) {
        self.stream = stream
        self.steps = steps
        start = clock.now
    }

    /// The next step begins.
    func step(_ label: String) {
        guard stream.isTerminal else { return }
        state.withLock { state in
            state.current += 1
            state.label = TerminalText.neutralized(label).replacing("\n", with: " ")
            draw(&state)
        }
    }

    /// Shows how long it has been, for steps that take long.
    func tick() {
        guard stream.isTerminal else { return }
        state.withLock { state in
            if state.current > 0 { draw(&state) }
        }
    }

    /// Takes the bar away.
    func end() {
        guard stream.isTerminal else { return }
        state.withLock { state in
            guard state.isShown else { return }
            state.isShown = false
            try? stream.write("\r\u{1B}[K")
        }
    }

    /// Runs work with the time counting up beside it.
    func ticking<Result: Sendable>(_ work: @Sendable () async throws -> Result) async throws -> Result {
        guard stream.isTerminal else { return try await work() }
        let ticker = Task {
            while !Task.isCancelled {
                try await Task.sleep(for: .seconds(1))
                tick()
            }
        }
        defer { ticker.cancel() }
        return try await work()
    }

    private func draw(_ state: inout State) {
        let elapsed = (clock.now - start) / .seconds(1)
        let line = Self.text(
            done: state.current - 1, of: steps, elapsed: elapsed, label: state.label, width: stream.width - 1)
        state.isShown = true
        try? stream.write("\r\(line)\u{1B}[K")
    }

    /// The bar with what is done of it filled.
    static func text(done: Int, of steps: Int, elapsed: Double, label: String, width: Int) -> String {
        let length = 20
        let filled = steps > 0 ? min(length, max(0, done * length / steps)) : 0
        let bar = String(repeating: "#", count: filled) + String(repeating: "-", count: length - filled)
        let head = "[\(bar)] \(min(done + 1, steps))/\(steps)  \(HumanText.age(elapsed))"
        guard !label.isEmpty, width > head.count + 6 else { return TextTable.cut(head, to: max(1, width)) }
        return head + "  " + TextTable.cut(label, to: width - head.count - 2)
    }
}
