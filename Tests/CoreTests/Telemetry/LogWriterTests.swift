import Testing

@testable import LocalCodeCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite(.timeLimit(.minutes(1))) struct LogWriterTests {
    private func readAll(_ descriptor: Int32) -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes += buffer[..<count]
        }
    }

    private func pipe() -> (read: Int32, write: Int32) {
        var ends: [Int32] = [-1, -1]
        #if canImport(Glibc)
            _ = Glibc.pipe(&ends)
        #else
            _ = Darwin.pipe(&ends)
        #endif
        return (ends[0], ends[1])
    }

    @Test func linesComeOutInOrder() {
        let (out, into) = pipe()
        let writer = LogWriter(descriptor: into)
        for index in 0..<100 { writer.write(size: 3) { "\(index)\n" } }
        writer.flush()
        close(into)
        #expect(readAll(out) == (0..<100).map { "\($0)\n" }.joined())
        close(out)
    }

    @Test func aSlowReaderLosesLinesAndIsToldHowMany() async {
        let (out, into) = pipe()
        let writer = LogWriter(descriptor: into, limit: 1000)
        // Nobody reads: what does not fit in the pipe and in the limit is dropped, and `write` returns all the same.
        let line = String(repeating: "x", count: 99) + "\n"
        for _ in 0..<5000 { writer.write(size: 100) { line } }
        let reader = Task.detached { readAll(out) }
        writer.flush()
        writer.write(size: 4) { "end\n" }
        writer.flush()
        close(into)
        let text = await reader.value
        #expect(text.contains("log lines dropped"))
        #expect(text.hasSuffix("end\n"))
        close(out)
    }

    @Test func nobodyHasToReadForTheEndToCome() async {
        let (out, into) = pipe()
        let writer = LogWriter(descriptor: into)
        writer.write(size: 1) { String(repeating: "x", count: 1 << 20) }
        // A pipe holds far less, so this returns only because of its limit.
        writer.flush(within: .milliseconds(50))
        let reader = Task.detached { readAll(out) }
        writer.flush()
        close(into)
        #expect(await reader.value.utf8.count == 1 << 20)
        close(out)
    }
}
