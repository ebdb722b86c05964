/// Finds calls in a model's text while it comes.
///
/// Text goes on at once, but for what may be the beginning of a call; and what turns out to be none goes on byte for byte.
/// Within code, fenced or not, nothing is a call, unless the code is all of the answer.
struct TextCallParser: Sendable {
    enum Event: Sendable, Equatable {
        /// Ordinary text; never empty.
        case text([UInt8])
        /// Calls that stood in the text's place.
        case calls([TextCall])
    }

    private enum State: Sendable {
        /// Nothing but white space has come.
        case start
        case text
        /// What is held began as a call.
        case form(TextCallForm)
        /// What came last was a call.
        case behind
    }

    private let heads: TextCallHeads
    private let reader: TextCallReader
    private let readsJSON: Bool
    private var state = State.start
    private var code = CodeSpans()
    /// What is not settled yet.
    private var held: [UInt8] = []

    // While a call is held.
    private var scanned = 0
    private var balance = JSONBalance()
    /// Ends that may be the call's.
    private var ends: [Int] = []
    /// The calls of a whole answer, and where they end, if it is one.
    private var whole: (calls: [TextCall], end: Int)?

    /// How many bytes were read in vain, as calls that were none.
    private var wasted = 0

    /// The longest call to hold, in bytes.
    private static let longest = 1 << 20
    /// What is malformed on purpose takes no more time than reading so many bytes does; the rest of the answer is text.
    private static let patience = 2 << 20
    /// How many ends of one call are tried.
    private static let attempts = 64
    private static let longestSpace = 256

    /// - Parameters:
    ///   - tools: whose calls are looked for.
    ///   - readsJSON: whether an answer that is nothing but a JSON object may be a call.
    init(_ tools: OfferedTools, readsJSON: Bool = true) {
        heads = TextCallHeads(tools: tools)
        reader = TextCallReader(tools: tools)
        self.readsJSON = readsJSON
    }

    /// Whether nothing is held.
    var isIdle: Bool { held.isEmpty }

    /// What these bytes settle.
    mutating func push(_ bytes: some Collection<UInt8>) -> [Event] {
        var events: [Event] = []
        held.append(contentsOf: bytes)
        while !held.isEmpty, advance(&events) {}
        return events
    }

    /// What is left at the end of the answer.
    /// - Parameter isCut: whether the model was stopped: then what is not complete is no call.
    mutating func finish(isCut: Bool) -> [Event] {
        var events: [Event] = []
        while !held.isEmpty {
            switch state {
            case .form(let form):
                if let whole {
                    emit(whole.calls, end: held.count, &events)
                } else if let (calls, end) = isCut ? nil : lateCalls(form) {
                    emit(calls, end: end, &events)
                } else {
                    reject(&events)
                }
            case .behind:
                if held.allSatisfy({ $0 <= Byte.space }) { return events }
                state = .text
            case .start:
                state = .text
            case .text:
                emit(1, &events)
            }
            while !held.isEmpty, advance(&events) {}
        }
        return events
    }

    // MARK: - Steps

    /// Settles the next part of what is held; false if it takes more to do so.
    private mutating func advance(_ events: inout [Event]) -> Bool {
        switch state {
        case .start: advanceStart()
        case .text: advanceText(&events)
        case .form(let form): advanceForm(form, &events)
        case .behind: advanceBehind()
        }
    }

    private mutating func advanceStart() -> Bool {
        guard let first = held.firstIndex(where: { $0 > Byte.space }) else {
            if held.count <= Self.longestSpace { return false }
            state = .text
            return true
        }
        var head = TextCallHead.no
        switch held[first] {
        case Byte.openBrace, Byte.openBracket, UInt8(ascii: "`"): head = readsJSON ? heads.whole(held[first...]) : .no
        default: break
        }
        if head == .no { head = heads.marker(held[first...]) }
        switch head {
        case .more: return false
        case .no: state = .text
        case .call(let form): begin(form)
        }
        return true
    }

    private mutating func advanceText(_ events: inout [Event]) -> Bool {
        var place = 0
        while place < held.count {
            let byte = held[place]
            if byte == UInt8(ascii: "<") || byte == Byte.openBracket, !code.isCode, wasted < Self.patience {
                switch heads.marker(held[place...]) {
                case .no: break
                case .more:
                    emit(place, &events, isTracked: true)
                    return false
                case .call(var form):
                    emit(place, &events, isTracked: true)
                    form.start = max(0, form.start - place)
                    begin(form)
                    return true
                }
            }
            code.push(byte)
            place += 1
        }
        emit(place, &events, isTracked: true)
        return false
    }

    private mutating func advanceBehind() -> Bool {
        guard let first = held.firstIndex(where: { $0 > Byte.space }) else {
            if held.count <= Self.longestSpace { return false }
            state = .text
            return true
        }
        let rest = held[first...]
        // Some models close what they never opened, or twice.
        if rest.starts(with: TextCallHeads.toolCallEnd) {
            held.removeFirst(first + TextCallHeads.toolCallEnd.count)
            return true
        }
        if TextCallHeads.toolCallEnd.starts(with: rest) { return false }
        switch wasted < Self.patience ? heads.marker(rest) : .no {
        case .more: return false
        case .no: state = .text
        case .call(var form):
            held.removeFirst(first)
            form.start = max(0, form.start - first)
            begin(form)
        }
        return true
    }

    // MARK: - A call

    private mutating func begin(_ form: TextCallForm) {
        state = .form(form)
        scanned = form.start
        balance = JSONBalance()
        ends = []
        whole = nil
    }

    private mutating func advanceForm(_ form: TextCallForm, _ events: inout [Event]) -> Bool {
        if let whole { return isTail(held[whole.end...], form) ? false : reject(&events) }
        switch form.end {
        case .tag(let tag):
            while let end = TextCallReader.range(of: tag, in: held[scanned...])?.upperBound {
                scanned = end
                guard ends.count < Self.attempts else { continue }
                ends.append(end)
                if let calls = calls(upTo: end, isLenient: false) {
                    return settle(calls, end, form, &events)
                }
            }
            scanned = max(scanned, held.count - tag.count + 1)
        case .bracket:
            while scanned < held.count {
                scanned += 1
                guard balance.push(held[scanned - 1]) else { continue }
                guard
                    let calls = calls(upTo: scanned, isLenient: false)
                        ?? calls(upTo: scanned, isLenient: true)
                else { return reject(&events) }
                return settle(calls, scanned, form, &events)
            }
        }
        return held.count > Self.longest ? reject(&events) : false
    }

    private mutating func settle(
        _ calls: [TextCall], _ end: Int, _ form: TextCallForm, _ events: inout [Event]
    ) -> Bool {
        if form.isWhole {
            whole = (calls, end)
            return true
        }
        emit(calls, end: end, &events)
        return true
    }

    /// The calls that the first bytes of what is held consist of.
    private mutating func calls(upTo end: Int, isLenient: Bool) -> [TextCall]? {
        guard wasted < Self.patience else { return nil }
        if let calls = reader.calls(in: held[..<end], isLenient: isLenient) { return calls }
        wasted += isLenient ? end * 8 : end
        return nil
    }

    /// Whether nothing but the end of its fence follows a whole answer.
    private func isTail(_ rest: ArraySlice<UInt8>, _ form: TextCallForm) -> Bool {
        rest.count <= Self.longestSpace
            && rest.allSatisfy { $0 <= Byte.space || form.hasFence && $0 == UInt8(ascii: "`") }
    }

    /// The calls of a text that is over without having come to its end.
    private mutating func lateCalls(_ form: TextCallForm) -> (calls: [TextCall], end: Int)? {
        for end in ends + [held.count] {
            if let calls = calls(upTo: end, isLenient: true) { return (calls, end) }
        }
        return nil
    }

    /// What is held is no call. Within it there may be one.
    @discardableResult
    private mutating func reject(_ events: inout [Event]) -> Bool {
        wasted += held.count + 64
        state = .text
        emit(1, &events)
        return true
    }

    // MARK: - Events

    /// Lets go of the first bytes, as text.
    private mutating func emit(_ count: Int, _ events: inout [Event], isTracked: Bool = false) {
        guard count > 0 else { return }
        if !isTracked { for byte in held[..<count] { code.push(byte) } }
        if case .text(let text) = events.last {
            events[events.count - 1] = .text(text + held[..<count])
        } else {
            events.append(.text(Array(held[..<count])))
        }
        held.removeFirst(count)
    }

    private mutating func emit(_ calls: [TextCall], end: Int, _ events: inout [Event]) {
        events.append(.calls(calls))
        held.removeFirst(end)
        state = .behind
        code = CodeSpans()
    }
}
