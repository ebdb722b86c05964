/// The regular expression of a schema, in the part of ECMA-262 that a machine can match in time linear in the text: no
/// look-around and no back references. A pattern fits a text if it fits any part of it; matching is by Unicode scalars.
struct SchemaPattern: Sendable {
    /// What a pattern is made of.
    indirect enum Node: Sendable, Equatable {
        case set(ScalarSet)
        case sequence([Node])
        case choice([Node])
        case repeated(Node, min: Int, max: Int?)
        case start
        case end
        /// A border between a word and what is none; or, inverted, a place that is not such a border.
        case border(isInverted: Bool)
    }

    /// Why a text is no pattern, or none of ours.
    struct Problem: Error, Equatable {
        let reason: String
        let isUnsupported: Bool
    }

    let source: String
    let node: Node
    private let program: SchemaPatternProgram

    static func parse(_ source: String) -> Result<SchemaPattern, Problem> {
        do throws(Problem) {
            var parser = SchemaPatternParser(source)
            let node = try parser.parse()
            let program = try SchemaPatternProgram(node)
            return .success(SchemaPattern(source: source, node: node, program: program))
        } catch {
            return .failure(error)
        }
    }

    func matches(_ text: String) -> Bool { program.matches(text) }
}
