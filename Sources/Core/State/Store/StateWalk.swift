/// Finds its way through what follows the tokens in a state file. Each part is known by its own numbers only: a form that
/// does not fit, or does not lead to the end, is not the right one.
struct StateWalk {
    let window: FileWindow

    /// "SCKP" as the bytes stand.
    private static let appendixMagic: UInt32 = 0x504b_4353
    private static let appendixVersion: UInt32 = 1
    /// More than any model of llama.cpp has.
    private static let layerLimit = 4096
    private static let partLimit = 8
    /// ggml has some forty types.
    private static let typeLimit = 128
    private static let attempts = 64
    /// The engine's default is 32.
    private static let checkpointLimit = 65_536
    private static let mediaLimit = 65_536

    private let tokenCount: Int

    /// - Parameter tokenCount: no part of the memory holds more.
    init(_ window: FileWindow, tokenCount: Int) {
        self.window = window
        self.tokenCount = tokenCount
    }

    /// What stands behind the tokens and before the memory.
    func media(_ header: StateHeader) throws(StateStoreError) -> [StateFile.Media] {
        guard var offset = header.mediaOffset else { return [] }
        let end = header.memoryOffset
        func next() throws(StateStoreError) -> Int {
            guard offset <= end - 4, let value = window.number(UInt32.self, at: offset) else {
                throw StateStoreError(.damaged, window.path, "its list of media is not whole")
            }
            offset += 4
            return Int(value)
        }
        let count = try next()
        guard count <= min((end - offset) / 8, Self.mediaLimit) else {
            throw StateStoreError(.damaged, window.path, "its list of media is not whole")
        }
        var media: [StateFile.Media] = []
        for _ in 0..<count { media.append(StateFile.Media(start: try next(), bytes: 0)) }
        for index in media.indices {
            media[index].bytes = try next()
            offset += media[index].bytes
        }
        guard offset <= end, end - offset < 4 else {
            throw StateStoreError(.damaged, window.path, "its list of media is not whole")
        }
        return media
    }

    /// The memory's parts and the checkpoints behind them.
    func rest(
        from offset: Int
    ) throws(StateStoreError) -> (memory: [StateFile.Memory]?, checkpoints: [StateFile.Checkpoint]) {
        var budget = Self.attempts
        if let found = parts(from: offset, sofar: [], &budget) { return found }
        // Memory of a form that is not known: the checkpoints are where something reads as such to the very end.
        var place = offset
        for _ in 0..<Self.attempts {
            guard let candidate = window.firstOffset(of: Self.appendixMagic, from: place) else { break }
            if let checkpoints = appendix(at: candidate) { return (nil, checkpoints) }
            place = candidate + 1
        }
        try window.check()
        return (nil, [])
    }

    private typealias Found = (memory: [StateFile.Memory]?, checkpoints: [StateFile.Checkpoint])

    private func parts(from offset: Int, sofar: [StateFile.Memory], _ budget: inout Int) -> Found? {
        if !sofar.isEmpty {
            if offset == window.end { return (sofar, []) }
            if let checkpoints = appendix(at: offset) { return (sofar, checkpoints) }
        }
        guard sofar.count < Self.partLimit else { return nil }
        // With two-dimensional positions a cell has 8 bytes more, or 12 in newer builds; some models have no values.
        for (extra, hasValues) in [(0, true), (12, true), (8, true), (0, false), (12, false), (8, false)] {
            guard budget > 0 else { return nil }
            budget -= 1
            guard let part = attention(at: offset, extra: extra, hasValues: hasValues) else { continue }
            if let found = parts(from: offset + part.bytes, sofar: sofar + [part], &budget) { return found }
        }
        guard budget > 0, let part = recurrent(at: offset) else { return nil }
        budget -= 1
        return parts(from: offset + part.bytes, sofar: sofar + [part], &budget)
    }

    /// The checkpoints that are appended here and reach to the end.
    private func appendix(at start: Int) -> [StateFile.Checkpoint]? {
        guard window.number(UInt32.self, at: start) == Self.appendixMagic,
            window.number(UInt32.self, at: start + 4) == Self.appendixVersion,
            let count = window.number(UInt32.self, at: start + 8),
            Int(count) <= min((window.end - start - 12) / 40, Self.checkpointLimit)
        else { return nil }
        var offset = start + 12
        var checkpoints: [StateFile.Checkpoint] = []
        for _ in 0..<count {
            guard let tokens = window.number(Int64.self, at: offset), tokens >= 0, tokens <= Int64(Int32.max),
                let minimum = window.number(Int32.self, at: offset + 8),
                let maximum = window.number(Int32.self, at: offset + 12)
            else { return nil }
            offset += 16
            var sizes: [Int] = []
            for _ in 0..<3 {
                guard let size = window.number(UInt64.self, at: offset), size <= UInt64(window.end - offset - 8) else {
                    return nil
                }
                sizes.append(Int(size))
                offset += 8 + Int(size)
            }
            checkpoints.append(
                StateFile.Checkpoint(
                    tokens: Int(tokens), positionMinimum: Int(minimum), positionMaximum: Int(maximum),
                    targetBytes: sizes[0], draftBytes: sizes[1], speculativeBytes: sizes[2]))
        }
        return offset == window.end ? checkpoints : nil
    }

    // MARK: The memory's parts

    /// `llama_kv_cache::state_write`.
    private func attention(at start: Int, extra: Int, hasValues: Bool) -> StateFile.Memory? {
        guard let streams = window.number(UInt32.self, at: start), (1...256).contains(streams) else { return nil }
        var memory = StateFile.Memory(
            kind: .attention, streams: Int(streams), cells: 0, layers: 0, types: [], isTransposed: false, bytes: 0)
        var offset = start + 4
        for _ in 0..<streams {
            guard let cells = window.number(UInt32.self, at: offset).map(Int.init) else { return nil }
            offset += 4
            guard cells > 0 else { continue }
            guard let next = self.cells(cells, at: offset, extra: extra, sequences: 1, &memory) else { return nil }
            offset = next
            guard let transposed = window.number(UInt32.self, at: offset), transposed <= 1,
                let layers = window.number(UInt32.self, at: offset + 4).map(Int.init),
                (1...Self.layerLimit).contains(layers)
            else { return nil }
            memory.isTransposed = transposed == 1
            memory.layers = layers
            offset += 16
            guard rows(layers, of: cells, at: &offset, &memory) else { return nil }
            guard hasValues else { continue }
            if memory.isTransposed {
                guard columns(layers, of: cells, at: &offset, &memory) else { return nil }
            } else {
                guard rows(layers, of: cells, at: &offset, &memory) else { return nil }
            }
        }
        memory.bytes = offset - start
        return memory
    }

    /// `llama_memory_recurrent::state_write`: layers without a recurrent state are left out, so the records are counted.
    private func recurrent(at start: Int) -> StateFile.Memory? {
        guard let cells = window.number(UInt32.self, at: start).map(Int.init), cells > 0 else { return nil }
        var memory = StateFile.Memory(
            kind: .recurrent, streams: 1, cells: 0, layers: 0, types: [], isTransposed: false, bytes: 0)
        guard var offset = self.cells(cells, at: start + 4, extra: 0, sequences: 0, &memory),
            window.number(UInt32.self, at: offset) == 0,
            let layers = window.number(UInt32.self, at: offset + 4), (1...Self.layerLimit).contains(Int(layers))
        else { return nil }
        offset += 8
        var records = 0
        while records < 2 * Int(layers), rows(1, of: cells, at: &offset, &memory) { records += 1 }
        guard records > 0 else { return nil }
        memory.layers = (records + 1) / 2
        memory.bytes = offset - start
        return memory
    }

    /// Positions and sequences of the cells.
    /// - Returns: where they end.
    private func cells(
        _ count: Int, at start: Int, extra: Int, sequences: UInt32, _ memory: inout StateFile.Memory
    ) -> Int? {
        let size = 8 + extra + Int(sequences) * 4
        guard count <= tokenCount, count <= (window.end - start) / size else { return nil }
        var offset = start
        for _ in 0..<count {
            guard let position = window.number(Int32.self, at: offset).map(Int.init), position >= 0,
                window.number(UInt32.self, at: offset + 4) == sequences
            else { return nil }
            memory.positionMinimum = min(memory.positionMinimum ?? position, position)
            memory.positionMaximum = max(memory.positionMaximum ?? position, position)
            offset += size
        }
        memory.cells += count
        return offset
    }

    /// A type, the size of a row, and a row for each cell; for each layer. The offset moves behind what fits.
    private func rows(_ layers: Int, of cells: Int, at offset: inout Int, _ memory: inout StateFile.Memory) -> Bool {
        for _ in 0..<layers {
            guard let type = window.number(Int32.self, at: offset), (0..<Int32(Self.typeLimit)).contains(type),
                let size = window.number(UInt64.self, at: offset + 4), size > 0, size <= UInt64(window.end),
                let next = behind(Int(size), cells, 1, from: offset + 12)
            else { return false }
            offset = next
            note(type, &memory)
        }
        return true
    }

    /// A type, the size of an element, the number of rows, and an element for each row and cell; for each layer.
    private func columns(_ layers: Int, of cells: Int, at offset: inout Int, _ memory: inout StateFile.Memory) -> Bool {
        for _ in 0..<layers {
            guard let type = window.number(Int32.self, at: offset), (0..<Int32(Self.typeLimit)).contains(type),
                let size = window.number(UInt32.self, at: offset + 4), size > 0,
                let rows = window.number(UInt32.self, at: offset + 8), rows > 0,
                let next = behind(Int(size), Int(rows), cells, from: offset + 12)
            else { return false }
            offset = next
            note(type, &memory)
        }
        return true
    }

    private func note(_ type: Int32, _ memory: inout StateFile.Memory) {
        if !memory.types.contains(Int(type)) { memory.types.append(Int(type)) }
    }

    /// Where a block ends that has so many bytes; nil beyond the end of the file.
    private func behind(_ a: Int, _ b: Int, _ c: Int, from offset: Int) -> Int? {
        let (ab, overflow) = a.multipliedReportingOverflow(by: b)
        let (bytes, overflow2) = ab.multipliedReportingOverflow(by: c)
        guard !overflow, !overflow2, offset <= window.end, bytes <= window.end - offset else { return nil }
        return offset + bytes
    }
}
