/// Which layers have a state of fixed size, and how large it is.
struct RecurrentLayers {
    let isRecurrent: [Bool]
    let hasAttention: [Bool]
    /// Numbers of a layer's state.
    let state: Int

    /// All layers are recurrent.
    private static let whole: Set = ["mamba", "mamba2", "rwkv6", "rwkv6qwen2", "rwkv7", "arwkv7"]
    /// A layer is recurrent that has no heads of keys.
    private static let headless: Set = [
        "jamba", "granitehybrid", "plamo2", "lfm2", "lfm2moe", "kimi-linear", "kimi-k3", "bailingmoe3", "glm5-next",
    ]
    /// One layer in so many is not recurrent.
    private static let intervals = ["qwen3next": 4, "qwen35": 4, "qwen35moe": 4, "qwen4exp": 4, "minimax-01": 8]

    init(_ keys: ArchitectureKeys, _ shape: ModelShape, count: Int) throws(GGUFError) {
        let architecture = keys.architecture
        func layers(_ rule: (Int) -> Bool) -> [Bool] { (0..<count).map(rule) }
        func has(_ numbers: [Int], _ layer: Int) -> Bool { layer < numbers.count && numbers[layer] > 0 }
        let heads = shape.keyHeadCounts
        if Self.whole.contains(architecture) {
            isRecurrent = layers { _ in true }
            hasAttention = layers { _ in false }
        } else if Self.headless.contains(architecture) {
            isRecurrent = layers { !has(heads, $0) }
            hasAttention = layers { has(heads, $0) }
        } else if let fallback = Self.intervals[architecture] {
            let interval = max(1, try keys.number("full_attention_interval") ?? fallback)
            let flags = try keys.flags("attention.recurrent_layers", layers: count)
            isRecurrent = flags ?? layers { !($0 + 1).isMultiple(of: interval) }
            hasAttention = isRecurrent.map { !$0 }
        } else if architecture.hasPrefix("nemotron_h") {
            let isForward = layers { has(shape.feedForwardLengths, $0) }
            isRecurrent = layers { !has(heads, $0) && !isForward[$0] }
            hasAttention = layers { has(heads, $0) && !isForward[$0] }
        } else {
            isRecurrent = layers { _ in architecture == "falcon-h1" }
            hasAttention = layers { _ in true }
        }
        state = isRecurrent.contains(true) ? Int(clamping: try Self.state(keys, shape)) : 0
    }

    /// What the layers of these families keep, with llama.cpp's names for the parts: R, the last columns of a convolution or
    /// a shift of tokens, and S, the state proper.
    private static func state(_ keys: ArchitectureKeys, _ shape: ModelShape) throws(GGUFError) -> Double {
        let width = Double(shape.embeddingLength)
        let heads = Double(shape.headCounts.first ?? 0)
        func number(_ key: String) throws(GGUFError) -> Double { Double(try keys.number(key) ?? 0) }
        let head = try number("wkv.head_size")
        if head > 0 { return Double(try keys.number("token_shift_count") ?? 2) * width + width * head }
        let shortConvolution = try number("shortconv.l_cache")
        if shortConvolution > 0 { return width * (shortConvolution - 1) }
        let convolution = max(0, try number("ssm.conv_kernel") - 1)
        let delta = try number("kda.head_dim")
        if delta > 0 { return 3 * (convolution > 0 ? convolution : 3) * heads * delta + delta * delta * heads }
        if keys.architecture == "minimax-01" { return Double(shape.keyLength * shape.keyLength) * heads }
        let (inner, size) = (try number("ssm.inner_size"), try number("ssm.state_size"))
        return convolution * (inner + 2 * (try number("ssm.group_count")) * size) + size * inner
    }
}
