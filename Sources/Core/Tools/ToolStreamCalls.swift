/// The calls of a stream that its engine made, as far as they came, with the chunks that carried them.
struct ToolStreamCalls: Sendable {
    private struct Open: Sendable {
        let index: Int
        var call = ToolMender.Call(id: "", name: "", arguments: "")
        var balance = JSONBalance()
        var isComplete = false
    }

    /// Calls that are held.
    private var open: [Open] = []
    /// The engine's indices of the calls that went to the client.
    private var released: Set<Int> = []
    /// How many calls the client has, those from the text included.
    private var count = 0
    private var held: [[UInt8]] = []

    /// No more calls than these are taken of one answer.
    private static let limit = 256

    var pending: [ToolMender.Call] { open.map(\.call) }

    /// Whether each call's arguments have come to their end.
    var areComplete: Bool { open.allSatisfy(\.isComplete) }

    /// Takes the pieces of a delta.
    /// - Returns: whether any of them is wanted: of a call that the client has there is nothing more to say.
    mutating func take(_ pieces: [JSONView]) -> Bool {
        var isWanted = false
        for piece in pieces {
            let index = piece["index"]?.int ?? indexOfUnnumbered(piece)
            guard !released.contains(index), open.count < Self.limit || open.contains(where: { $0.index == index })
            else { continue }
            isWanted = true
            let place = open.firstIndex { $0.index == index } ?? open.count
            if place == open.count { open.append(Open(index: index)) }
            if let id = piece["id"]?.string, !id.isEmpty { open[place].call.id = id }
            let function = piece["function"]
            if let name = function?["name"]?.string, !name.isEmpty { open[place].call.name = name }
            guard let arguments = function?["arguments"], !arguments.isNull else { continue }
            let text = arguments.string ?? String(decoding: arguments.text, as: UTF8.self)
            open[place].call.arguments += text
            for byte in text.utf8 where open[place].balance.push(byte) { open[place].isComplete = true }
        }
        return isWanted
    }

    private func indexOfUnnumbered(_ piece: JSONView) -> Int {
        let isNew = piece["id"]?.string?.isEmpty == false || open.isEmpty
        let last = open.last?.index ?? released.max() ?? -1
        return isNew ? last + 1 : last
    }

    mutating func hold(_ chunk: [UInt8]) { held.append(chunk) }

    /// Whether the calls can go out as they came.
    func mayPass(_ mender: ToolMender) -> Bool {
        // The client has other calls under these indices.
        let isFree = open.allSatisfy { $0.index >= count } && released.count == count
        return isFree && open.allSatisfy { mender.isGood($0.call) }
    }

    /// What is held, as it came.
    mutating func release() -> [UInt8] {
        let frames = held.flatMap { ServerSentEvent.frame($0) }
        _ = takeAll()
        count = released.count
        return frames
    }

    /// The calls that are held, to be sent anew.
    mutating func takeAll() -> [ToolMender.Call] {
        let calls = pending
        for call in open { released.insert(call.index) }
        open = []
        held = []
        return calls
    }

    /// A delta with a whole call; the client gets the next index for it.
    mutating func delta(of call: ToolMender.Call) -> JSONValue {
        defer { count += 1 }
        let function: JSONValue = ["name": .string(call.name), "arguments": .string(call.arguments)]
        return [
            "tool_calls": [
                ["index": .number(count), "id": .string(call.id), "type": "function", "function": function]
            ]
        ]
    }
}

/// What a stream's client got, and what its model wrote, to be remembered.
struct ToolStreamRecord: Sendable {
    private let mender: ToolMender
    private(set) var calls: [ToolMender.Call] = []
    private var text = ""
    private var content = ""
    private var isFromText = true
    private var isTooLong = false

    /// The longest text to remember, in bytes.
    private static let longest = 4 << 20

    init(_ mender: ToolMender) { self.mender = mender }

    /// Text that the model wrote.
    mutating func wrote(_ text: String) { add(text, to: \.text) }

    /// Text that went to the client.
    mutating func sent(_ text: String) { add(text, to: \.content) }

    mutating func add(_ text: String) {
        wrote(text)
        sent(text)
    }

    /// A call that was found in the text.
    mutating func found(_ call: ToolMender.Call) { calls.append(call) }

    /// One of the engine's own.
    mutating func called(_ call: ToolMender.Call) {
        calls.append(call)
        isFromText = false
    }

    func remember() {
        guard !isTooLong else { return }
        mender.remember(calls, content: content, text: isFromText ? text : nil)
    }

    private mutating func add(_ text: String, to part: WritableKeyPath<ToolStreamRecord, String>) {
        guard !isTooLong, !text.isEmpty else { return }
        self[keyPath: part] += text
        if self[keyPath: part].utf8.count > Self.longest {
            isTooLong = true
            (self.text, content) = ("", "")
        }
    }
}
