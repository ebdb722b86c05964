/// What llama-server makes of regular expressions (build 11549): those that it cannot express it takes for any string, those that it
/// reads wrongly make it refuse the request or hang.
enum EnginePattern {
    /// Why a pattern must not reach the engine; nil if it may.
    static func problem(in pattern: String) -> String? {
        let bytes = Array(pattern.utf8)
        // Everything else is any string.
        guard bytes.count >= 2, bytes.first == UInt8(ascii: "^"), bytes.last == UInt8(ascii: "$") else { return nil }
        var scan = Scan(bytes: Array(bytes.dropFirst().dropLast()))
        return scan.problem()
    }

    private struct Scan {
        let bytes: [UInt8]
        var index = 0
        /// Whether each open group has something to repeat.
        var hasItem = [false]
        /// What a repetition would repeat.
        var last = Last.item
        /// What the engine would not notice before its grammar fails.
        var grammarProblem: String?

        mutating func problem() -> String? {
            while index < bytes.count {
                switch step() {
                case .fine: continue
                case .anyString: return nil
                case .refused(let reason): return reason
                }
            }
            return hasItem.count > 1 ? "parentheses are not balanced" : grammarProblem
        }

        enum Last {
            case item
            /// Something that may be empty: repeated without a limit, it makes the engine's grammar recurse on the left.
            case maybeEmpty
            /// A character of several bytes, of which the engine repeats the last.
            case bytes
            /// A `|`, which the engine takes for an item.
            case bar
        }

        private enum Outcome {
            case fine
            case anyString
            case refused(String)
        }

        private mutating func step() -> Outcome {
            let byte = bytes[index]
            index += 1
            switch byte {
            case UInt8(ascii: "."): return item()
            case UInt8(ascii: "("):
                if index < bytes.count, bytes[index] == UInt8(ascii: "?") {
                    guard index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: ":") else { return .anyString }
                    index += 2
                }
                hasItem.append(false)
                last = .item
                return hasItem.count > 101 ? .anyString : .fine
            case UInt8(ascii: ")"):
                guard hasItem.count > 1 else { return .refused("parentheses are not balanced") }
                hasItem.removeLast()
                return item()
            case UInt8(ascii: "^"), UInt8(ascii: "$"): return .anyString
            case UInt8(ascii: "["): return characterClass()
            case UInt8(ascii: "|"):
                _ = item()
                last = .bar
                return .fine
            case UInt8(ascii: "*"): return repetition(0, nil)
            case UInt8(ascii: "+"): return repetition(1, nil)
            case UInt8(ascii: "?"): return repetition(0, 1)
            case UInt8(ascii: "{"): return counts()
            default:
                index -= 1
                return literal()
            }
        }

        private mutating func item() -> Outcome {
            hasItem[hasItem.count - 1] = true
            last = .item
            return .fine
        }

        private mutating func repetition(_ least: Int, _ most: Int?) -> Outcome {
            guard hasItem[hasItem.count - 1] else { return .refused("there is nothing to repeat") }
            if last == .bar || (last == .maybeEmpty && most == nil) {
                grammarProblem = grammarProblem ?? "the engine cannot read a repetition of what may be empty"
            }
            if last == .bytes {
                grammarProblem = grammarProblem ?? "the engine cannot read a repetition of one character beyond ASCII"
            }
            last = least == 0 || last == .maybeEmpty ? .maybeEmpty : .item
            return .fine
        }

        private mutating func counts() -> Outcome {
            guard let end = bytes[index...].firstIndex(of: UInt8(ascii: "}")) else { return .anyString }
            let parts = bytes[index..<end].split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
            index = end + 1
            guard parts.count <= 2 else { return .anyString }
            var numbers: [Int?] = []
            for part in parts {
                let text = String(decoding: part, as: UTF8.self)
                if text.isEmpty, parts.count == 2 {
                    numbers.append(nil)
                } else {
                    guard let number = Int32(text) else { return .anyString }
                    numbers.append(Int(number))
                }
            }
            let least = numbers[0] ?? 0
            let outcome = repetition(least, numbers.count == 1 ? least : numbers[1])
            guard case .fine = outcome else { return outcome }
            let most = numbers.count == 1 ? least : numbers[1] ?? .max
            if least < 0 || most < least {
                return .refused("the engine hangs on the repetition {\(least),\(most)}")
            }
            if least > 2_000 { grammarProblem = grammarProblem ?? "the engine refuses more than 2000 repetitions" }
            return .fine
        }

        private mutating func characterClass() -> Outcome {
            var previous: UInt8?
            while index < bytes.count, bytes[index] != UInt8(ascii: "]") {
                if bytes[index] == UInt8(ascii: "\\") {
                    let length = escapeLength()
                    if length == 0 { return .anyString }
                    index += length
                    previous = nil
                    continue
                }
                // A range of plain characters whose end comes first fits nothing, which the engine notices too late.
                if bytes[index] == UInt8(ascii: "-"), let low = previous, index + 1 < bytes.count,
                    bytes[index + 1] < low, bytes[index + 1] < 0x80, !"]\\".utf8.contains(bytes[index + 1])
                {
                    grammarProblem = grammarProblem ?? "a range whose end comes before its beginning"
                }
                previous = bytes[index]
                index += 1
            }
            guard index < bytes.count else { return .refused("a character class has no end") }
            index += 1
            return item()
        }

        private mutating func literal() -> Outcome {
            if bytes[index] == UInt8(ascii: "\\") {
                guard index + 1 < bytes.count else { return .refused("there is a backslash at the end") }
                if "^$.[]()|{}*+?".utf8.contains(bytes[index + 1]) {
                    index += 2
                    return item()
                }
                let length = escapeLength()
                if length == 0 { return .anyString }
                index += length
                return item()
            }
            if bytes[index] == UInt8(ascii: "]") || bytes[index] == UInt8(ascii: "}") { return .anyString }
            let isPlain = bytes[index] < 0x80
            repeat { index += 1 } while index < bytes.count && bytes[index] & 0xC0 == 0x80
            _ = item()
            if !isPlain { last = .bytes }
            return .fine
        }

        /// The length of an escape that a grammar has as well; 0 for any other.
        private func escapeLength() -> Int {
            guard index + 1 < bytes.count else { return 0 }
            let digits: Int
            switch bytes[index + 1] {
            case UInt8(ascii: "x"): digits = 2
            case UInt8(ascii: "u"): digits = 4
            case UInt8(ascii: "U"): digits = 8
            case let byte where "trn\\\"[]-".utf8.contains(byte): return 2
            default: return 0
            }
            let end = index + 2 + digits
            guard end <= bytes.count, bytes[index + 2..<end].allSatisfy({ hexValue($0) != nil }) else { return 0 }
            return 2 + digits
        }
    }
}
