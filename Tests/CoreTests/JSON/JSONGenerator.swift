/// SplitMix64 (https://prng.di.unimi.it/splitmix64.c): the same documents for the same seed everywhere.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    init(seed: Int) { state = UInt64(truncatingIfNeeded: seed) }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }

    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }

    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int.random(in: elements.indices, using: &self)]
    }
}

/// What a document is about, apart from how it is spelled.
indirect enum Model {
    case null
    case bool(Bool)
    case number(String)
    case string(String)
    case array([Model])
    case object([(key: String, value: Model)])
}

/// Writes documents of random content in random spelling.
struct JSONGenerator {
    var random: SeededGenerator
    /// Whether a name may come twice in an object.
    var repeatsKeys = true

    init(seed: Int) { random = SeededGenerator(seed: seed) }

    mutating func model(depth: Int = 0) -> Model {
        switch Int.random(in: 0..<(depth > 5 ? 6 : 10), using: &random) {
        case 0: return .null
        case 1: return .bool(random.chance(50))
        case 2, 3: return .number(number())
        case 4, 5: return .string(string())
        case 6, 7: return .array((0..<Int.random(in: 0..<6, using: &random)).map { _ in model(depth: depth + 1) })
        default: return object(depth: depth)
        }
    }

    mutating func object(depth: Int = 0) -> Model {
        var members: [(key: String, value: Model)] = []
        for _ in 0..<Int.random(in: 0..<8, using: &random) {
            let key = random.chance(60) ? random.pick(["a", "b", "model", "stream", "é", ""]) : string()
            if !repeatsKeys, members.contains(where: { $0.key.utf8.elementsEqual(key.utf8) }) { continue }
            members.append((key, model(depth: depth + 1)))
        }
        return .object(members)
    }

    mutating func string() -> String {
        let alphabet: [Unicode.Scalar] = [
            "a", "b", "z", " ", "0", "\"", "\\", "/", "\n", "\t", "\u{8}", "\u{C}", "\r", "\u{0}", "\u{1F}", "\u{7F}",
            "é", "ß",
            "日", "本", "😀", "\u{10FFFF}", "\u{FFFD}", "\u{2028}", "{", "}", "[", "]", ",", ":",
        ]
        let plain = random.chance(50)
        var string = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0..<(random.chance(20) ? 60 : 9), using: &random) {
            string.append(plain ? random.pick(["a", "b", "c", "d"]) : random.pick(alphabet))
        }
        return String(string)
    }

    mutating func number() -> String {
        var text = random.chance(30) ? "-" : ""
        text += random.chance(20) ? "0" : digits(first: 1)
        if random.chance(30) { text += "." + digits(first: 0) }
        if random.chance(20) {
            text +=
                random.pick(["e", "E"]) + random.pick(["", "+", "-"]) + String(Int.random(in: 0..<25, using: &random))
        }
        return text
    }

    private mutating func digits(first: Int) -> String {
        var text = String(Int.random(in: first...9, using: &random))
        for _ in 0..<Int.random(in: 0..<(random.chance(20) ? 12 : 4), using: &random) {
            text += String(Int.random(in: 0...9, using: &random))
        }
        return text
    }

    /// A spelling of the value.
    mutating func text(_ model: Model) -> [UInt8] {
        var bytes: [UInt8] = []
        write(model, to: &bytes)
        return bytes
    }

    mutating func space() -> [UInt8] {
        guard random.chance(25) else { return [] }
        let count = Int.random(in: 1..<(random.chance(20) ? 24 : 4), using: &random)
        return (0..<count).map { _ in random.pick([0x20, 0x20, 0x20, 0x0A, 0x0D, 0x09]) }
    }

    private mutating func write(_ model: Model, to bytes: inout [UInt8]) {
        switch model {
        case .null: bytes += "null".utf8
        case .bool(let bool): bytes += (bool ? "true" : "false").utf8
        case .number(let text): bytes += text.utf8
        case .string(let string): bytes += literal(string)
        case .array(let elements):
            bytes.append(0x5B)
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes.append(0x2C) }
                bytes += space()
                write(element, to: &bytes)
                bytes += space()
            }
            if elements.isEmpty { bytes += space() }
            bytes.append(0x5D)
        case .object(let members):
            bytes.append(0x7B)
            for (index, member) in members.enumerated() {
                if index > 0 { bytes.append(0x2C) }
                bytes += space()
                bytes += literal(member.key)
                bytes += space()
                bytes.append(0x3A)
                bytes += space()
                write(member.value, to: &bytes)
                bytes += space()
            }
            if members.isEmpty { bytes += space() }
            bytes.append(0x7D)
        }
    }

    /// The string with some of its characters escaped that need not be.
    mutating func literal(_ string: String) -> [UInt8] {
        var bytes: [UInt8] = [0x22]
        let escapes = random.chance(30)
        for scalar in string.unicodeScalars {
            let mustEscape = scalar.value < 0x20 || scalar == "\"" || scalar == "\\"
            let short: [Unicode.Scalar: String] = [
                "\"": "\\\"", "\\": "\\\\", "/": "\\/", "\n": "\\n", "\t": "\\t", "\r": "\\r", "\u{8}": "\\b",
                "\u{C}": "\\f",
            ]
            if let text = short[scalar], random.chance(mustEscape ? 70 : 10) {
                bytes += text.utf8
            } else if mustEscape || escapes && random.chance(40) {
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16, uppercase: random.chance(50))
                    bytes += ("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).utf8
                }
            } else {
                bytes += String(scalar).utf8
            }
        }
        return bytes + [0x22]
    }
}
