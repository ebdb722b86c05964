extension EngineNeed {
    /// Copies of the weights that are multiplied, with types of which the processor has faster orders.
    var repacked: Int {
        let types = load.repackedTypes
        var bytes = header.tensors.reduce(0.0) { $0 + (isRepacked($1) ? Double($1.bytes ?? 0) : 0) }
        // Without results of its own a model multiplies with its embeddings.
        if !header.tensors.contains(where: { $0.name == "output.weight" }),
            let embeddings = header.tensors.first(where: { $0.name == Repacking.embeddings }),
            types.contains(embeddings.type)
        {
            bytes += Double(embeddings.bytes ?? 0)
        }
        return Int(clamping: bytes)
    }

    /// What is mapped of the files: from the first to the last of the weights in each that are used as they are.
    var mapped: Int {
        guard repacked > 0 else { return header.tensorBytes }
        var bytes = 0.0
        for part in 0..<header.partCount {
            let ranges = header.tensors.filter { $0.part == part && !isRepacked($0) }.map { tensor in
                (start: Double(tensor.offset), end: Double(tensor.offset) + Double(tensor.bytes ?? 0))
            }
            guard let start = ranges.map(\.start).min(), let end = ranges.map(\.end).max() else { continue }
            bytes += end - start
        }
        return Int(clamping: bytes)
    }

    private func isRepacked(_ tensor: GGUFTensor) -> Bool { Repacking.applies(to: tensor, types: load.repackedTypes) }
}
