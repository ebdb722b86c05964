/// Takes bytes in pieces.
public protocol ByteSink {
    /// Takes the next piece. Its memory is valid during the call only.
    mutating func write(_ bytes: UnsafeRawBufferPointer)
}

extension [UInt8]: ByteSink {
    /// Appends the bytes.
    public mutating func write(_ bytes: UnsafeRawBufferPointer) { append(contentsOf: bytes) }
}

extension ByteSink {
    @inline(__always)
    mutating func write(_ start: Cursor, _ end: Cursor) {
        write(UnsafeRawBufferPointer(start: start, count: end - start))
    }

    @inline(__always)
    mutating func write(_ text: StaticString) {
        write(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }
}
