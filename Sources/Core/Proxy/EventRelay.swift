/// Cuts an upstream's stream where a client can be handed it: whole events only, so that whatever happens next, a client never
/// holds half of one.
struct EventRelay: Sendable {
    private let limit: Int
    private var parser: ServerSentEventParser
    private var rest: [UInt8] = []

    /// - Parameter limit: the longest event to hold, with the comments in front of it, in bytes.
    init(limit: Int = 16 << 20) {
        self.limit = limit
        parser = ServerSentEventParser(limit: limit)
    }

    /// - Parameter bytes: what just arrived.
    /// - Returns: the bytes up to the end of the last complete event, unchanged, and the events among them.
    mutating func push(_ bytes: [UInt8]) throws(ServerSentEventTooLong) -> (ready: [UInt8], events: [ServerSentEvent]) {
        let events = try parser.push(bytes)
        let end = Self.lastEventEnd(in: bytes, after: rest.suffix(2))
        if rest.isEmpty, end == bytes.count { return (bytes, events) }
        guard end > 0 else {
            // The parser drops comments, so it does not notice when nothing else comes.
            guard rest.count + bytes.count <= limit else { throw ServerSentEventTooLong(limit: limit) }
            rest.append(contentsOf: bytes)
            return ([], events)
        }
        let ready = rest + bytes[..<end]
        rest = Array(bytes[end...])
        return (ready, events)
    }

    /// Where the last empty line ends; 0 without one.
    /// - Parameter previous: the bytes in front, two where there are as many.
    private static func lastEventEnd(in bytes: [UInt8], after previous: ArraySlice<UInt8>) -> Int {
        let lineFeed: UInt8 = 0x0A
        let carriageReturn: UInt8 = 0x0D
        func byte(_ index: Int) -> UInt8? {
            if index >= 0 { return bytes[index] }
            return -index <= previous.count ? previous[previous.endIndex + index] : nil
        }
        for index in stride(from: bytes.count - 1, through: 0, by: -1) {
            guard bytes[index] == lineFeed || bytes[index] == carriageReturn else { continue }
            let before = byte(index - 1)
            if bytes[index] == lineFeed, before == lineFeed { return index + 1 }
            if bytes[index] == lineFeed, before == carriageReturn, byte(index - 2) == lineFeed { return index + 1 }
            if bytes[index] == carriageReturn, before == carriageReturn { return index + 1 }
        }
        return 0
    }
}
