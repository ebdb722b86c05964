/// What an engine is expected to take for a model, in bytes: what llama-server reports of its buffers when it starts, and its
/// program.
public struct MemoryEstimate: Sendable, Equatable {
    public var weights = 0
    /// Copies of weights in an order that the processor computes faster with. The weights they were made of are mapped from
    /// the file, and the system can have their memory back.
    public var repacked = 0
    /// Keys and values of the tokens that are read.
    public var kv = 0
    /// States of recurrent layers.
    public var recurrent = 0
    /// What it computes with.
    public var compute = 0
    /// A projector with what it computes with.
    public var projector = 0
    /// A draft model with all that it takes.
    public var draft = 0
    /// LoRA adapters and control vectors.
    public var adapters = 0
    /// The program itself, before it has a model.
    public var base = 0
    /// What checkpoints of windows and recurrent states come to take as conversations grow, at the most. The engine reserves
    /// none of it, and `total` is without it.
    public var checkpoints = 0

    /// What the engine reports of its buffers.
    public var buffers: Int { [weights, repacked, kv, recurrent, compute, projector, draft, adapters].saturatedSum }
    /// What its process takes.
    public var total: Int { [buffers, base].saturatedSum }
    /// What it cannot do without.
    public var necessary: Int { total - repacked }

    public init() {}

    /// What an entry's engine takes; the headers of all its files are read. Nil for a model that llama-server downloads.
    /// - Parameter executable: the llama-server; nil: a program of llama.cpp's own.
    /// - Throws: `GGUFError` about the first file that cannot be used.
    public static func of(_ entry: ModelEntry, executable: String? = nil) throws(GGUFError) -> MemoryEstimate? {
        guard case .file(let path) = entry.source else { return nil }
        let header = try ModelHeader.read(path: path)
        let load = EngineLoad(entry, contextLength: header.contextLength)
        var estimate = of(header, load)
        estimate.base = ProgramSize.bytes(of: executable)
        if let projector = entry.projector {
            estimate.projector = Self.projector(try GGUFFile.read(path: projector))
        }
        if let draft = entry.speculation.draft {
            estimate.draft = of(try ModelHeader.read(path: draft), load.ofDraft).buffers
        }
        for adapter in entry.adapters { estimate.adapters += try ModelHeader.read(path: adapter.path).tensorBytes }
        for vector in entry.controlVectors {
            _ = try ModelHeader.read(path: vector.path)
            // All of them become one, with a direction for each layer.
            estimate.adapters = max(estimate.adapters, header.layerCount * header.embeddingLength * 4)
        }
        return estimate
    }

    /// What a model takes in this use.
    public static func of(_ header: ModelHeader, _ load: EngineLoad) -> MemoryEstimate {
        var estimate = MemoryEstimate()
        let need = EngineNeed(header: header, load: load)
        estimate.weights = need.mapped
        estimate.repacked = need.repacked
        estimate.kv = Int(clamping: need.kv)
        estimate.recurrent = Int(clamping: need.recurrent)
        estimate.compute = Int(clamping: need.compute + need.output)
        estimate.base = ProgramSize.native
        estimate.checkpoints = Int(clamping: need.checkpoint * Double(load.slots) * Double(load.checkpoints))
        return estimate
    }

    /// A projector's weights, and what the patches of an image go through.
    static func projector(_ file: GGUFFile) -> Int {
        let keys = ArchitectureKeys(file: file, architecture: "clip.vision")
        func number(_ key: String) -> Double { Double((try? keys.number(key)) ?? 0) }
        let (image, patch) = (number("image_size"), max(1, number("patch_size")))
        let patches = (image / patch) * (image / patch)
        let numbers = 3 * image * image + patches * (3 * number("feed_forward_length") + 4 * number("embedding_length"))
        let weights = file.tensors.reduce(0.0) { $0 + Double($1.bytes ?? 0) }
        return Int(clamping: weights + 4 * numbers)
    }
}

extension [Int] {
    /// The sum, or the largest number there is.
    fileprivate var saturatedSum: Int {
        reduce(0) { sum, number in
            let (result, overflow) = sum.addingReportingOverflow(number)
            return overflow ? .max : result
        }
    }
}
