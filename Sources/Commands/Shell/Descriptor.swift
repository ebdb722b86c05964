#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Reading and writing whole things through file descriptors.
enum Descriptor {
    /// Writes all bytes, however the system cuts them up.
    static func write(_ descriptor: Int32, _ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { systemWrite(descriptor, $0.baseAddress, $0.count) }
            if count >= 0 {
                rest = rest.dropFirst(count)
                continue
            }
            switch errno {
            case EINTR: continue
            case EAGAIN: wait(for: descriptor, Int16(POLLOUT))  // somebody made the terminal non-blocking
            case EPIPE: throw BrokenPipe()
            default: throw Failure("cannot write the output: \(systemMessage(errno))")
            }
        }
    }

    /// Reads to the end, or `limit` bytes.
    static func read(_ descriptor: Int32, name: String, limit: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count < limit {
            let count = chunk.withUnsafeMutableBytes {
                systemRead(descriptor, $0.baseAddress, min($0.count, limit - bytes.count))
            }
            if count > 0 {
                bytes += chunk[..<count]
                continue
            }
            if count == 0 { break }
            switch errno {
            case EINTR: continue
            case EAGAIN: wait(for: descriptor, Int16(POLLIN))
            default: throw Failure("cannot read \(name): \(systemMessage(errno))")
            }
        }
        return bytes
    }

    private static func wait(for descriptor: Int32, _ events: Int16) {
        var entry = pollfd(fd: descriptor, events: events, revents: 0)
        _ = poll(&entry, 1, -1)
    }
}

// The module's own functions have the same names.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}

private func systemRead(_ descriptor: Int32, _ bytes: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    read(descriptor, bytes, count)
}

/// What the C library says about an error number: `No such file or directory`.
func systemMessage(_ number: Int32) -> String {
    var text = [CChar](repeating: 0, count: 256)
    guard strerror_r(number, &text, text.count) == 0 else { return "error \(number)" }
    return text.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "error \(number)" }
}
