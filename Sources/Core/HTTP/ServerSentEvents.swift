/// One event of a `text/event-stream`.
public struct ServerSentEvent: Sendable, Equatable {
    /// The `event:` field; nil where the stream gives none.
    public var event: String?
    /// The `data:` lines, joined with a newline.
    public var data: [UInt8]

    /// An event that carries data.
    public init(event: String? = nil, data: [UInt8]) {
        self.event = event
        self.data = data
    }

    /// The end mark of OpenAI's streams: `data: [DONE]`.
    public var isDone: Bool { data.elementsEqual("[DONE]".utf8) }

    /// `data: …` and the empty line behind it, for data without line breaks (JSON has none).
    public static func frame(_ data: some Collection<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(data.count + 8)
        bytes.append(contentsOf: "data: ".utf8)
        bytes.append(contentsOf: data)
        bytes.append(contentsOf: "\n\n".utf8)
        return bytes
    }

    /// The frame that ends a stream.
    public static let done = frame("[DONE]".utf8)
}

/// A stream that sends more in one event than a reader is willing to hold.
public struct ServerSentEventTooLong: Error, Sendable, Equatable {
    /// The limit that was passed, in bytes.
    public let limit: Int
}

/// Cuts a byte stream into events, wherever the network cut it: lines end in LF, CR LF or CR, comments are left out, and an
/// event that the end of the stream interrupts is not delivered
/// (https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream).
public struct ServerSentEventParser: Sendable {
    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    private let limit: Int
    private var line: [UInt8] = []
    private var event: String?
    private var data: [UInt8]?
    private var skipLineFeed = false
    private var isFirstLine = true

    /// - Parameter limit: the longest event to hold, in bytes.
    public init(limit: Int = 16 << 20) { self.limit = limit }

    /// The events that these bytes complete.
    /// - Throws: `ServerSentEventTooLong`.
    public mutating func push(_ bytes: some Collection<UInt8>) throws(ServerSentEventTooLong) -> [ServerSentEvent] {
        var events: [ServerSentEvent] = []
        var start = bytes.startIndex
        var index = start
        while index != bytes.endIndex {
            let byte = bytes[index]
            let next = bytes.index(after: index)
            if byte == 0x0A || byte == 0x0D {
                if byte == 0x0A, skipLineFeed, index == start, line.isEmpty {
                    skipLineFeed = false
                } else {
                    line.append(contentsOf: bytes[start..<index])
                    endLine(into: &events)
                    skipLineFeed = byte == 0x0D
                }
                start = next
            } else if skipLineFeed {
                skipLineFeed = false
            }
            index = next
        }
        line.append(contentsOf: bytes[start...])
        guard line.count + (data?.count ?? 0) <= limit else { throw ServerSentEventTooLong(limit: limit) }
        return events
    }

    private mutating func endLine(into events: inout [ServerSentEvent]) {
        defer { line.removeAll(keepingCapacity: true) }
        if isFirstLine {
            isFirstLine = false
            if line.starts(with: Self.byteOrderMark) { line.removeFirst(Self.byteOrderMark.count) }
        }
        guard !line.isEmpty else {
            if let data { events.append(ServerSentEvent(event: event, data: data)) }
            data = nil
            event = nil
            return
        }
        let colon = line.firstIndex(of: 0x3A) ?? line.endIndex
        let name = line[..<colon]
        var value = line[colon...].dropFirst()
        if value.first == 0x20 { value = value.dropFirst() }
        if name.elementsEqual("data".utf8) {
            if data == nil {
                data = Array(value)
            } else {
                data?.append(0x0A)
                data?.append(contentsOf: value)
            }
        } else if name.elementsEqual("event".utf8) {
            event = String(decoding: value, as: UTF8.self)
        }
    }
}
