extension LaunchPlanBuilder {
    /// Flags that LocalCode sets itself, each with the key that stands for it, or nil where there is none.
    private static let own: [(spellings: [String], key: String?)] = [
        (["-m", "--model"], "path"), (["-hf", "-hfr", "--hf-repo"], "hf"), (["-a", "--alias"], "aliases"),
        (["-md", "--model-draft", "--spec-draft-model"], "draft"), (["--spec-type"], "speculation"),
        (["-mm", "--mmproj"], "mmproj"), (["--lora", "--lora-scaled"], "lora"),
        (["--control-vector", "--control-vector-scaled"], "control-vectors"),
        (["--embedding", "--embeddings", "--rerank", "--reranking"], "mode"), (["-c", "--ctx-size"], "context"),
        (["-np", "--parallel"], "slots"), (["-ctk", "--cache-type-k"], "kv-type-k"),
        (["-ctv", "--cache-type-v"], "kv-type-v"), (["-fa", "--flash-attn"], "flash-attention"),
        (["--host"], nil), (["--port"], nil), (["--api-key"], nil), (["--api-key-file"], nil), (["--api-prefix"], nil),
        (["--slot-save-path"], nil), (["--no-slots"], nil), (["--ssl-key-file"], nil), (["--ssl-cert-file"], nil),
    ]

    /// The user's own arguments come last. All of them count for a state, since nobody knows what they do.
    mutating func addExtraArguments() throws(LaunchProblem) {
        for flag in try Self.extraFlags(of: entry) {
            try checkOffered(flag.name)
            add(.init(flag.name, flag.values, comment: "from extra-arguments", state: flag.values))
        }
    }

    /// The user's own arguments, each flag with its values; any build.
    /// - Throws: what LocalCode sets itself.
    static func extraFlags(of entry: ModelEntry) throws(LaunchProblem) -> [(name: String, values: [String])] {
        var flags: [(name: String, values: [String])] = []
        for argument in entry.extraArguments {
            if EngineHelp.isFlag(argument) {
                let name = argument.prefix { $0 != "=" }
                if let own = own.first(where: { $0.spellings.contains(String(name)) }) {
                    throw LaunchProblem(
                        "\(name) is among the extra-arguments, and LocalCode sets it itself",
                        hint: own.key.map { "use the key '\($0)'" } ?? "take it away")
                }
                flags.append((argument, []))
            } else if flags.isEmpty {
                throw LaunchProblem(
                    "extra-arguments start with '\(argument)', which is no flag",
                    hint: "write a flag and its value as two elements of the list")
            } else {
                flags[flags.count - 1].values.append(argument)
            }
        }
        return flags
    }

    private func checkOffered(_ flag: String) throws(LaunchProblem) {
        guard !capabilities.offers(flag) else { return }
        let words = capabilities.removed[flag]
        let near = Spelling.nearest(to: flag, among: capabilities.flags.keys.sorted())
        throw LaunchProblem(
            "\(flag) is among the extra-arguments, and \(executable) does not take it",
            hint: words ?? near.map { "did you mean \($0)?" })
    }

    /// Files with their scales as one value, and whether it has scales: llama-server splits at commas, but for quoted elements, and
    /// at colons.
    static func scaled(_ files: [ModelEntry.Scaled], feature: String) throws(LaunchProblem) -> (Bool, String) {
        let isScaled = files.contains { $0.scale != 1 }
        var elements: [String] = []
        for file in files {
            guard !file.path.contains("\""), !isScaled || !file.path.contains(":") else {
                throw LaunchProblem(
                    "\(file.path) (\(feature)) has a \(isScaled ? "':' or " : "")'\"' in its path, which llama-server takes apart",
                    hint: "rename it, or make a link to it")
            }
            let element = isScaled ? "\(file.path):\(LaunchPlan.text(file.scale))" : file.path
            elements.append(element.contains(",") ? "\"\(element)\"" : element)
        }
        return (isScaled, elements.joined(separator: ","))
    }

    /// The scales alone.
    static func scales(_ files: [ModelEntry.Scaled]) -> [String] { files.map { LaunchPlan.text($0.scale) } }
}

extension LaunchPlan {
    /// A number as people write it: `0.8`, and `1` rather than `1.0`.
    static func text(_ number: Double) -> String {
        Int(exactly: number).map(String.init) ?? number.description
    }
}
