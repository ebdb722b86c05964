/// A state file as llama-server writes it, from its source: header, tokens, memory, checkpoints.
struct StateBytes {
    struct Checkpoint {
        var tokens: Int
        var bytes: Int
    }

    /// One memory after the other.
    enum Part {
        /// Keys and values; `extra` bytes in each cell for more positions.
        case attention(cells: Int, extra: Int = 0, isTransposed: Bool = false, hasValues: Bool = true, streams: Int = 1)
        /// A state for each layer that has one.
        case recurrent(layers: Int, of: Int)
        /// A form nobody knows.
        case unknown(Int)
    }

    var tokens = 100
    var media: [(start: Int, bytes: Int)] = []
    var isPlain = false
    var parts: [Part] = [.attention(cells: 100)]
    var checkpoints: [Checkpoint] = []
    var seed = 1

    private static let layers = 2
    private static let rowBytes = 16

    var bytes: [UInt8] {
        var file: [UInt8] = []
        func put<Number: FixedWidthInteger>(_ numbers: Number...) {
            for number in numbers { withUnsafeBytes(of: number.littleEndian) { file.append(contentsOf: $0) } }
        }
        func fill(_ count: Int) {
            for index in 0..<count { file.append(UInt8(truncatingIfNeeded: index &* 7 &+ seed)) }
        }

        var words: [UInt8] = []
        do {
            let head = file
            if !isPlain { put(Int32(-1), 1, Int32(tokens)) }
            for token in 0..<tokens { put(Int32(token + seed)) }
            if !isPlain {
                put(UInt32(media.count))
                for part in media { put(UInt32(part.start)) }
                for part in media {
                    put(UInt32(part.bytes))
                    fill(part.bytes)
                }
                while !file.count.isMultiple(of: 4) { file.append(0) }
            }
            words = file
            file = head
        }
        put(UInt32(0x6767_7371), 4, UInt32(words.count / 4))
        file += words
        for part in parts {
            switch part {
            case .attention(let cells, let extra, let isTransposed, let hasValues, let streams):
                put(UInt32(streams))
                for stream in 0..<streams {
                    guard stream == streams - 1 else {
                        put(UInt32(0))
                        continue
                    }
                    put(UInt32(cells))
                    for cell in 0..<cells {
                        put(Int32(tokens - cells + cell), 1)
                        file += [UInt8](repeating: 0xEE, count: extra)
                        put(Int32(0))
                    }
                    put(UInt32(isTransposed ? 1 : 0), UInt32(Self.layers), 0, 0)
                    for _ in 0..<Self.layers {
                        put(Int32(1))
                        put(UInt64(Self.rowBytes))
                        fill(Self.rowBytes * cells)
                    }
                    for _ in 0..<(hasValues ? Self.layers : 0) {
                        put(Int32(1))
                        if isTransposed {
                            put(UInt32(2), UInt32(Self.rowBytes / 2))
                        } else {
                            put(UInt64(Self.rowBytes))
                        }
                        fill(Self.rowBytes * cells)
                    }
                }
            case .recurrent(let layers, let all):
                put(UInt32(1), UInt32(tokens - 1), 0, 0, UInt32(all))
                for _ in 0..<2 * layers {
                    put(Int32(0))
                    put(UInt64(Self.rowBytes))
                    fill(Self.rowBytes)
                }
            case .unknown(let count): file += [UInt8](repeating: 0xAB, count: count)
            }
        }
        if !checkpoints.isEmpty {
            put(UInt32(0x504b_4353), 1, UInt32(checkpoints.count))
            for checkpoint in checkpoints {
                put(Int64(checkpoint.tokens))
                put(Int32(0), Int32(checkpoint.tokens - 1))
                put(UInt64(checkpoint.bytes))
                fill(checkpoint.bytes)
                put(UInt64(0), 0)
            }
        }
        return file
    }
}
