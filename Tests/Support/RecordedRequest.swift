/// A request as it came in.
public struct RecordedRequest: Sendable {
    /// The method, such as `POST`.
    public let method: String
    /// The target as sent: path and query.
    public let target: String
    /// The fields in their order, names as sent.
    public let headers: [(name: String, value: String)]
    /// The body without the transfer coding.
    public let body: [UInt8]
    /// Every byte of the request as it came over the connection.
    public let bytes: [UInt8]
    /// Which connection it came on, counted from 0.
    public let connection: Int

    /// The first field of this name, in any case.
    public func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}

/// Takes requests out of the bytes of a connection: just enough HTTP/1.1 to find where a request ends.
struct RequestReader {
    private var buffer: [UInt8] = []

    /// The next request, reading more with `read` as needed; nil when the client closed or spoke no HTTP.
    mutating func next(connection: Int, read: () -> [UInt8]?) -> RecordedRequest? {
        var searched = 0
        while true {
            if let head = endOfHead(from: searched) {
                return request(head: head, connection: connection, read: read)
            }
            searched = max(0, buffer.count - 3)
            guard let bytes = read(), !bytes.isEmpty else { return nil }
            buffer += bytes
        }
    }

    private func endOfHead(from start: Int) -> Int? {
        var index = start
        while index + 3 < buffer.count {
            if buffer[index] == 0x0D, buffer[index + 1] == 0x0A, buffer[index + 2] == 0x0D, buffer[index + 3] == 0x0A {
                return index + 4
            }
            index += 1
        }
        return nil
    }

    private mutating func request(head end: Int, connection: Int, read: () -> [UInt8]?) -> RecordedRequest? {
        let lines = String(decoding: buffer[..<end], as: UTF8.self).split(separator: "\r\n")
        guard let start = lines.first?.split(separator: " "), start.count == 3 else { return nil }
        let headers = lines.dropFirst().compactMap { line -> (name: String, value: String)? in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
            return (String(line[..<colon]), String(value))
        }
        func field(_ name: String) -> String? { headers.first { $0.name.lowercased() == name }?.value }

        var position = end
        var body: [UInt8] = []
        if field("transfer-encoding")?.lowercased() == "chunked" {
            while true {
                guard let line = line(at: position, read), let size = Int(line.text, radix: 16) else { return nil }
                guard fill(to: line.end + size + 2, read) else { return nil }
                body += buffer[line.end..<line.end + size]
                position = line.end + size + 2
                if size == 0 { break }
            }
        } else {
            let length = field("content-length").flatMap { Int($0) } ?? 0
            guard fill(to: end + length, read) else { return nil }
            body = Array(buffer[end..<end + length])
            position = end + length
        }
        defer { buffer.removeFirst(position) }
        return RecordedRequest(
            method: String(start[0]), target: String(start[1]), headers: headers, body: body,
            bytes: Array(buffer[..<position]), connection: connection)
    }

    private mutating func fill(to count: Int, _ read: () -> [UInt8]?) -> Bool {
        while buffer.count < count {
            guard let bytes = read(), !bytes.isEmpty else { return false }
            buffer += bytes
        }
        return true
    }

    private mutating func line(at start: Int, _ read: () -> [UInt8]?) -> (text: String, end: Int)? {
        while true {
            if start < buffer.count, let end = buffer[start...].firstIndex(of: 0x0A) {
                let text = String(decoding: buffer[start..<end], as: UTF8.self)
                return (String(text.prefix { $0 != "\r" && $0 != "\r\n" && $0 != ";" }), end + 1)
            }
            guard let bytes = read(), !bytes.isEmpty else { return nil }
            buffer += bytes
        }
    }
}
