import LocalCodeCore

/// A model's file, and the memory it needs, for people and for programs.
struct ModelFileReport {
    let header: ModelHeader
    let digest: Digest
    let load: EngineLoad

    /// A model that reads and writes by itself, not a part for another one.
    var isModel: Bool { [.text, .embedding, .reranker].contains(header.kind) }
    private var estimate: MemoryEstimate { MemoryEstimate.of(header, load) }

    // MARK: - Text

    func text(on stream: Context.Stream) -> String {
        let rows = self.rows.filter { !$0.1.isEmpty }
        let left = rows.map(\.0.count).max() ?? 0
        let width = stream.isTerminal ? max(40, stream.width) : Int.max
        var text = rows.map { name, value in
            let line = name + String(repeating: " ", count: left - name.count) + "  " + TerminalText.neutralized(value)
            return TextTable.cut(line, to: width) + "\n"
        }.joined()
        guard isModel else { return text }
        if !header.memory.full.isEmpty || !header.memory.windowed.isEmpty {
            text += "\n" + types.text(on: stream)
        }
        return text + "\n\(title):\n" + memory.text(on: stream) + afterwards
    }

    private var rows: [(String, String)] {
        [
            ("file", header.path + (header.partCount > 1 ? " and \(header.partCount - 1) more" : "")),
            ("name", header.name ?? ""), ("kind", header.kind.rawValue), ("architecture", header.architecture),
            ("weights", weights), ("context", header.contextLength.map { "\(HumanText.grouped($0)) tokens" } ?? ""),
            ("layers", layers), ("heads", heads), ("experts", experts), ("vocabulary", vocabulary),
            ("prompts", prompts), ("fill-in", infill),
            (
                "template",
                header.chatTemplate.map { HumanText.count($0.unicodeScalars.count, "character") }
                    ?? (header.kind == .text ? "none" : "")
            ),
            ("digest", digest.hex),
        ]
    }

    private var weights: String {
        guard let quantisation = header.quantisation else { return "none" }
        let parts = [
            quantisation, "\(Self.short(header.parameterCount)) parameters",
            "\(ByteCount(bytes: header.tensorBytes)) in \(HumanText.count(header.tensors.count, "tensor"))",
        ]
        return parts.joined(separator: ", ")
    }

    private var layers: String {
        guard header.layerCount > 0 else { return "" }
        var parts: [String] = []
        let memory = header.memory
        if !memory.windowed.isEmpty || !memory.recurrent.isEmpty {
            if !memory.full.isEmpty { parts.append("\(memory.full.count) that keep all tokens") }
            if let window = memory.window {
                parts.append("\(memory.windowed.count) with a window of \(HumanText.grouped(window))")
            }
            if !memory.recurrent.isEmpty { parts.append("\(memory.recurrent.count) recurrent") }
        }
        let text = "\(header.layerCount) of width \(HumanText.grouped(header.embeddingLength))"
        return parts.isEmpty ? text : "\(text): \(parts.joined(separator: ", "))"
    }

    private var heads: String {
        guard header.headCount > 0, isModel else { return "" }
        let counts = Set(header.keyHeadCounts.filter { $0 > 0 }).sorted().map { "\($0)" }
        let keys = counts.isEmpty ? "none" : counts.joined(separator: " or ")
        let values = header.keyLength == header.valueLength ? "" : ", values of \(header.valueLength)"
        return "\(header.headCount), \(keys) for keys and values, of length \(header.keyLength)\(values)"
    }

    private var experts: String {
        header.expertCount > 0 ? "\(header.expertCount), of which a token uses \(header.expertsUsed)" : ""
    }

    private var vocabulary: String {
        guard let vocabulary = header.vocabulary else { return isModel ? "none" : "" }
        let parts = [vocabulary.kind?.rawValue ?? vocabulary.model, vocabulary.preTokenizer]
        return "\(HumanText.count(vocabulary.size, "token")), \(parts.compactMap(\.self).joined(separator: ", "))"
    }

    /// What is put around prompts.
    private var prompts: String {
        guard let vocabulary = header.vocabulary else { return "" }
        let beginning = vocabulary.addsBeginning ? "begin with \(token(vocabulary.beginning))" : "begin as they are"
        let end = vocabulary.addsEnd ? "end with" : "answers end with"
        return "\(beginning), \(end) \(token(vocabulary.end))"
    }

    private var infill: String {
        guard let infill = header.vocabulary?.infill, !infill.isEmpty else { return "" }
        return Vocabulary.Infill.allCases.filter { infill[$0] != nil }.map { "\($0.rawValue) \(token(infill[$0]))" }
            .joined(separator: ", ")
    }

    private func token(_ id: Int?) -> String {
        guard let id else { return "no token" }
        return header.vocabulary?.text(of: id).map { "\(id) '\($0)'" } ?? "\(id)"
    }

    /// What KV values of each type take.
    private var types: TextTable {
        let hasWindows = !header.memory.windowed.isEmpty
        var table = TextTable(
            [.init(title: "KV TYPE"), .init(title: "A TOKEN", isNumber: true)]
                + (hasWindows ? [.init(title: "IN WINDOWS", isNumber: true)] : [])
                + [.init(title: "AT \(HumanText.grouped(load.context))", isNumber: true)])
        for type in EngineLoad.offeredTypes where header.refusal(keyType: type, valueType: type) == nil {
            var load = load
            (load.keyType, load.valueType) = (type, type)
            let windows = header.windowBytesPerToken(key: type, value: type) ?? 0
            table.add(
                [type, Self.bytes(header.kvBytesPerToken(key: type, value: type) ?? 0)]
                    + (hasWindows ? [Self.bytes(windows)] : [])
                    + [ByteCount(bytes: MemoryEstimate.of(header, load).kv).description])
        }
        return table
    }

    private var title: String {
        let types = load.keyType == load.valueType ? load.keyType : "\(load.keyType) and \(load.valueType)"
        return "memory with \(HumanText.count(load.context, "token")) of context, "
            + "\(HumanText.count(load.slots, "slot")), KV values of type \(types)"
    }

    private var memory: TextTable {
        var table = TextTable([.init(title: "FOR"), .init(title: "SIZE", isNumber: true)])
        for (name, bytes) in estimate.parts { table.add([name, ByteCount(bytes: bytes).description]) }
        table.add(["in all", ByteCount(bytes: estimate.total).description])
        return table
    }

    private var afterwards: String {
        let checkpoints =
            estimate.checkpoints > 0
            ? "and up to \(ByteCount(bytes: estimate.checkpoints)) for checkpoints as conversations grow\n" : ""
        return checkpoints + (note.map { "\nnote: \($0)\n" } ?? "")
    }

    /// What speaks against this use.
    var note: String? {
        guard let trained = header.contextLength, trained > 0, load.context > trained else { return nil }
        return
            "a request can use \(HumanText.grouped(trained)) of the \(HumanText.grouped(load.context)) tokens of context: "
            + "the model was trained for no more"
    }

    /// `268.1 million`.
    static func short(_ count: Int) -> String {
        switch count {
        case ..<1_000_000: HumanText.grouped(count)
        case ..<1_000_000_000: "\(HumanText.decimals(Double(count) / 1e6, 1)) million"
        default: "\(HumanText.decimals(Double(count) / 1e9, 1)) billion"
        }
    }

    private static func bytes(_ number: Double) -> String { ByteCount(bytes: Int(number.rounded())).description }
}
