/// Makes request bodies like a coding agent's: system prompt, tool schemas, and messages full of source code, padded to an
/// exact size. The same arguments always give the same bytes.
struct ChatBody {
    /// Whole size in bytes; a body cannot be smaller than its fixed parts (about 230 bytes).
    var size: Int
    /// Asks for a stream of this many tokens instead of one answer.
    var tokens: Int?
    /// Time between two tokens; 0: as fast as the connection takes them.
    var interval: Duration = .zero

    /// The field by which the bench's upstream learns the pace. It stands at the front, where the upstream looks for it.
    static let intervalField = "bench_interval_us"

    var bytes: [UInt8] {
        var body = Array(opening.utf8)
        let isLarge = size >= 8_000
        if isLarge { body.append(contentsOf: #""tools":[\#(Self.tools.joined(separator: ","))],"#.utf8) }
        body.append(contentsOf: #""messages":[{"role":"system","content":""#.utf8)
        body.append(contentsOf: (isLarge ? Self.longSystemPrompt : Self.systemPrompt).utf8)
        body.append(contentsOf: #""}"#.utf8)
        var turn = 0
        while isLarge, body.count + Self.turnSize + Self.questionSize <= size {
            body.append(contentsOf: Self.turn(turn).utf8)
            turn += 1
        }
        body.append(contentsOf: Self.questionStart.utf8)
        body.append(contentsOf: Self.text(of: max(0, size - body.count - Self.questionEnd.utf8.count)).utf8)
        body.append(contentsOf: Self.questionEnd.utf8)
        return body
    }

    private var opening: String {
        guard let tokens else { return #"{"model":"bench","stream":false,"temperature":0.2,"# }
        let (seconds, attoseconds) = interval.components
        let microseconds = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
        return #"{"model":"bench","stream":true,"max_tokens":\#(tokens),"\#(Self.intervalField)":\#(microseconds),"#
            + #""stream_options":{"include_usage":true},"temperature":0.2,"#
    }

    private static let systemPrompt = "You are a coding agent."

    private static let longSystemPrompt =
        systemPrompt
        + String(
            repeating: #"\n\n# Rules\n- Read a file before you edit it; never guess at \"obvious\" contents.\n"#
                + #"- Keep answers short: the user reads them in a terminal.\n- Paths are absolute, e.g. `/src/lib/a.c`."#,
            count: 20)

    private static let tools = ["bash", "read", "edit", "glob", "grep", "webfetch"].map { name in
        #"{"type":"function","function":{"name":"\#(name)","description":"Runs the \#(name) tool.\nUse it "#
            + #"instead of guessing; one call per step.","parameters":{"type":"object","properties":{"path":"#
            + #"{"type":"string","description":"Absolute path"},"limit":{"type":"integer","minimum":1},"#
            + #""pattern":{"type":"string"}},"required":["path"],"additionalProperties":false}}}"#
    }

    private static let sourceLines = [
        #"static int parse_header(const char *line, size_t len) {\n"#,
        #"\tif (len < 2 || line[0] != '\"') {\n\t\treturn -EINVAL;\n\t}\n"#,
        #"\tfor (size_t i = 0; i < len; i++) {\n\t\tif (line[i] == '\\') { i++; continue; }\n"#,
        #"\t\tif (line[i] == '\n') break; // \u00e9tat: fin de ligne, naïve Σ\n\t}\n"#,
        #"\tprintf(\"%s: %zu bytes\\n\", __func__, len);\n\treturn 0;\n}\n\n"#,
    ]

    private static let source = String(repeating: sourceLines.joined(), count: 8)

    private static func turn(_ number: Int) -> String {
        let call = "call_\(100_000 + number)"
        return #",{"role":"assistant","content":null,"tool_calls":[{"id":"\#(call)","type":"function","function":"#
            + #"{"name":"read","arguments":"{\"path\":\"/src/parser/header_\#(1_000 + number).c\",\"limit\":400}"}}]}"#
            + #",{"role":"tool","tool_call_id":"\#(call)","content":"\#(source)"}"#
    }

    private static let turnSize = turn(0).utf8.count

    private static let questionStart = #",{"role":"user","content":""#
    private static let questionEnd = #""}]}"#
    private static let questionSize = questionStart.utf8.count + questionEnd.utf8.count

    /// Text of exactly that many bytes that may stand in a JSON string.
    private static func text(of size: Int) -> String {
        var text = ""
        text.reserveCapacity(size)
        var left = size
        for index in 0... {
            let line = sourceLines[index % sourceLines.count]
            guard line.utf8.count <= left else { break }
            text += line
            left -= line.utf8.count
        }
        return text + String(repeating: "x", count: left)
    }
}
