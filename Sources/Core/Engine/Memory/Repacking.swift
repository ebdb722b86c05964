#if canImport(Glibc)
    import Glibc
#endif

/// llama.cpp copies weights of some types into an order that the processor computes faster with. Where a GPU computes, it
/// does not.
public enum Repacking {
    /// The types on this machine.
    public static let expected: Set<TensorType> = hasGPU ? [] : types(flags: processorFlags)

    /// Rows of weights that are looked up, not multiplied.
    static let embeddings = "token_embd.weight"

    static func applies(to tensor: GGUFTensor, types: Set<TensorType>) -> Bool {
        guard types.contains(tensor.type), (2...3).contains(tensor.dimensions.count) else { return false }
        return tensor.dimensions[1].isMultiple(of: 8) && tensor.name != embeddings && !tensor.name.contains("_embd")
    }

    /// By what a processor says of itself in /proc/cpuinfo.
    static func types(flags: Set<Substring>) -> Set<TensorType> {
        var names: [String] = []
        if flags.contains("avx2") { names += ["q4_0", "q4_K", "iq4_nl", "mxfp4"] }
        if flags.contains("avx512f") { names.append("q2_K") }
        if flags.contains("asimddp") { names += ["q4_0", "q4_K", "q5_K", "q6_K", "q8_0", "iq4_nl", "mxfp4"] }
        return Set(names.compactMap(TensorType.init(name:)))
    }

    #if canImport(Glibc)
        private static var processorFlags: Set<Substring> {
            guard let text = firstBytes(of: "/proc/cpuinfo") else { return [] }
            let line = text.split(separator: "\n").first { $0.hasPrefix("flags") || $0.hasPrefix("Features") }
            return Set(line?.split(separator: " ") ?? [])
        }

        private static var hasGPU: Bool { access("/dev/nvidiactl", F_OK) == 0 || access("/dev/kfd", F_OK) == 0 }

        /// Files in /proc have no size.
        private static func firstBytes(of path: String) -> String? {
            guard let file = try? OpenFile(path, O_RDONLY), let bytes = try? file.bytes(at: 0, count: 64 << 10) else {
                return nil
            }
            return String(decoding: bytes, as: UTF8.self)
        }
    #else
        // Macs compute with their GPU.
        private static let processorFlags: Set<Substring> = []
        private static let hasGPU = true
    #endif
}
