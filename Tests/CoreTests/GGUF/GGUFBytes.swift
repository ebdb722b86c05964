/// A model file as bytes, written by the specification of GGUF.
struct GGUFBytes {
    var version: UInt32 = 3
    var alignment = 32
    var name = "tiny"
    var vocabulary = 100
    var tensors = 3
    var tensorBytes = 4096
    var seed: UInt8 = 1
    /// Byte of the data that is another one.
    var changed: Int?

    var bytes: [UInt8] {
        var bytes = Array("GGUF".utf8)
        func put<Number: FixedWidthInteger>(_ number: Number) {
            withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
        }
        func put(_ text: String) {
            put(UInt64(text.utf8.count))
            bytes += Array(text.utf8)
        }
        put(version)
        put(UInt64(tensors))
        put(UInt64(5))
        put("general.name")
        put(UInt32(8))
        put(name)
        put("general.alignment")
        put(UInt32(4))
        put(UInt32(alignment))
        put("tokenizer.ggml.tokens")
        put(UInt32(9))
        put(UInt32(8))
        put(UInt64(vocabulary))
        for token in 0..<vocabulary { put("token \(token)") }
        put("tokenizer.ggml.scores")
        put(UInt32(9))
        put(UInt32(6))
        put(UInt64(vocabulary))
        for token in 0..<vocabulary { put(Float(token).bitPattern) }
        put("general.flag")
        put(UInt32(7))
        put(UInt8(1))
        for tensor in 0..<tensors {
            put("blk.\(tensor).weight")
            put(UInt32(2))
            put(UInt64(tensorBytes / 4))
            put(UInt64(1))
            put(UInt32(0))
            put(UInt64(tensor * tensorBytes))
        }
        while !bytes.count.isMultiple(of: alignment) { bytes.append(0) }
        let start = bytes.count
        for index in 0..<tensors * tensorBytes { bytes.append(UInt8(truncatingIfNeeded: index * 31) &+ seed) }
        if let changed { bytes[start + changed] ^= 1 }
        return bytes
    }
}
