/// What models write, and what is in it.
struct TextCallRow: Sendable, CustomStringConvertible {
    struct Call: Sendable, Equatable {
        let name: String
        let arguments: String

        init(_ name: String, _ arguments: String) {
            self.name = name
            self.arguments = arguments
        }
    }

    let name: String
    /// What the model writes.
    let written: String
    /// What is ordinary text in it.
    let text: String
    let calls: [Call]
    /// Whether the model was stopped there.
    var isCut = false

    var description: String { name }

    /// Text and nothing else.
    static func plain(_ name: String, _ written: String, isCut: Bool = false) -> TextCallRow {
        TextCallRow(name: name, written: written, text: written, calls: [], isCut: isCut)
    }

    /// Calls and nothing else.
    static func calls(_ name: String, _ written: String, _ calls: Call...) -> TextCallRow {
        TextCallRow(name: name, written: written, text: "", calls: calls)
    }

    /// Calls with text before them.
    static func mixed(_ name: String, _ written: String, _ text: String, _ calls: Call...) -> TextCallRow {
        TextCallRow(name: name, written: written, text: text, calls: calls)
    }
}

enum TextCallTable {
    static let rows = hermes + qwen + glm + mistral + llama + whole + ordinary + broken

    private static let readA = TextCallRow.Call("read", #"{"filePath": "a"}"#)
    private static let readTight = TextCallRow.Call("read", #"{"filePath":"a"}"#)

    private static let hermes: [TextCallRow] = [
        .calls(
            "hermes", "<tool_call>\n{\"name\": \"read\", \"arguments\": {\"filePath\": \"a\"}}\n</tool_call>", readA),
        .calls("hermes in one line", #"<tool_call>{"name":"read","arguments":{"filePath": "a"}}</tool_call>"#, readA),
        .calls(
            "hermes, arguments first",
            #"<tool_call>{"arguments": {"filePath": "a"}, "name": "read"}</tool_call>"#, readA),
        .mixed(
            "hermes behind text",
            "I read it.\n<tool_call>\n{\"name\": \"read\", \"arguments\": {\"filePath\": \"a\"}}\n</tool_call>",
            "I read it.\n", readA),
        .calls(
            "hermes twice",
            #"<tool_call>{"name":"read","arguments":{"filePath": "a"}}</tool_call>"# + "\n"
                + #"<tool_call>{"name":"bash","arguments":{"command": "ls"}}</tool_call>"#,
            readA, .init("bash", #"{"command": "ls"}"#)),
        .mixed(
            "hermes between texts",
            "One. <tool_call>{\"name\":\"read\",\"arguments\":{\"filePath\": \"a\"}}</tool_call>\nTwo.", "One. \nTwo.",
            readA),
        .calls(
            "hermes, the closing tag within a string",
            #"<tool_call>{"name":"bash","arguments":{"command":"echo '</tool_call>'"}}</tool_call>"#,
            .init("bash", #"{"command":"echo '</tool_call>'"}"#)),
        .calls(
            "hermes, arguments as a string",
            #"<tool_call>{"name":"read","arguments":"{\"filePath\": \"a\"}"}</tool_call>"#, readA),
        .calls("hermes, parameters", #"<tool_call>{"name":"read","parameters":{"filePath": "a"}}</tool_call>"#, readA),
        .calls("hermes, no wrapper", #"<tool_call>{"name":"read","filePath":"a"}</tool_call>"#, readTight),
        .calls("hermes, no arguments", #"<tool_call>{"name": "list_files"}</tool_call>"#, .init("list_files", "{}")),
        .calls(
            "hermes, null", #"<tool_call>{"name":"list_files","arguments":null}</tool_call>"#, .init("list_files", "{}")
        ),
        .calls("hermes, no closing tag", #"<tool_call>{"name":"read","arguments":{"filePath": "a"}}"#, readA),
        .calls(
            "hermes, a brace missing", #"<tool_call>{"name":"read","arguments":{"filePath":"a"}</tool_call>"#, readTight
        ),
        .calls(
            "hermes, trailing comma", #"<tool_call>{"name":"read","arguments":{"filePath":"a",}}</tool_call>"#,
            readTight),
        .calls(
            "hermes, single quotes", "<tool_call>{'name': 'read', 'arguments': {'filePath': 'a'}}</tool_call>",
            readTight),
        .calls(
            "hermes in a fence within",
            "<tool_call>\n```json\n{\"name\": \"read\", \"arguments\": {\"filePath\": \"a\"}}\n```\n</tool_call>", readA
        ),
        .calls(
            "hermes, a list",
            #"<tool_call>[{"name":"read","arguments":{"filePath": "a"}},{"name":"list_files","arguments":{}}]</tool_call>"#,
            readA, .init("list_files", "{}")),
        .calls(
            "hermes, OpenAI's shape",
            #"<tool_call>{"type":"function","function":{"name":"read","arguments":{"filePath": "a"}}}</tool_call>"#,
            readA),
        .calls(
            "hermes, closed twice",
            "<tool_call>{\"name\":\"read\",\"arguments\":{\"filePath\": \"a\"}}</tool_call>\n</tool_call>\n", readA),
        .calls(
            "hermes, letters outside ASCII",
            #"<tool_call>{"name":"read","arguments":{"filePath":"gruß/日本.txt"}}</tool_call>"#,
            .init("read", #"{"filePath":"gruß/日本.txt"}"#)),
        .calls(
            "hermes, another spelling of the name",
            #"<tool_call>{"name":"Read","arguments":{"filePath": "a"}}</tool_call>"#,
            .init("Read", #"{"filePath": "a"}"#)),
        .calls(
            "hermes, white space first",
            "\n\n<tool_call>{\"name\":\"read\",\"arguments\":{\"filePath\": \"a\"}}</tool_call>\n", readA),
    ]

    private static let qwen: [TextCallRow] = [
        .calls(
            "qwen", "<tool_call>\n<function=read>\n<parameter=filePath>\na\n</parameter>\n</function>\n</tool_call>",
            readTight),
        .calls("qwen bare", "<function=read>\n<parameter=filePath>\na\n</parameter>\n</function>", readTight),
        .calls(
            "qwen bare, closed all the same",
            "<function=read>\n<parameter=filePath>\na\n</parameter>\n</function>\n</tool_call>", readTight),
        .mixed(
            "qwen behind text",
            "Now:\n\n<function=read>\n<parameter=filePath>\na\n</parameter>\n</function>", "Now:\n\n", readTight),
        .calls(
            "qwen, values of other types",
            "<tool_call><function=read><parameter=filePath>7</parameter><parameter=limit>7</parameter></function></tool_call>",
            .init("read", #"{"filePath":"7","limit":7}"#)),
        .calls(
            "qwen, several lines",
            "<function=bash>\n<parameter=command>\nif true; then\n  echo \"a\"\nfi\n</parameter>\n</function>",
            .init("bash", #"{"command":"if true; then\n  echo \"a\"\nfi"}"#)),
        .calls(
            "qwen, tags within a value",
            "<function=bash>\n<parameter=command>\ngrep '</parameter>' x && echo '</function>'\n</parameter>\n</function>",
            .init("bash", #"{"command":"grep '</parameter>' x && echo '</function>'"}"#)),
        .calls(
            "qwen, a list",
            "<function=todowrite><parameter=todos>[{\"content\":\"a\",\"status\":\"pending\"}]</parameter></function>",
            .init("todowrite", #"{"todos":[{"content":"a","status":"pending"}]}"#)),
        .calls(
            "qwen, true",
            "<function=bash><parameter=command>a</parameter><parameter=background>true</parameter></function>",
            .init("bash", #"{"command":"a","background":true}"#)),
        .calls(
            "qwen, no parameters", "<tool_call>\n<function=list_files>\n</function>\n</tool_call>",
            .init("list_files", "{}")),
        .calls(
            "qwen, two functions in one call",
            "<tool_call><function=list_files></function><function=read><parameter=filePath>a</parameter></function></tool_call>",
            .init("list_files", "{}"), readTight),
        .calls(
            "qwen, no end of the function",
            "<tool_call>\n<function=read>\n<parameter=filePath>\na\n</parameter>\n</tool_call>", readTight),
        .calls("qwen, no end of the value", "<function=read>\n<parameter=filePath>\na\n</function>", readTight),
        .calls(
            "qwen, an empty value", "<function=bash><parameter=command></parameter></function>",
            .init("bash", #"{"command":""}"#)),
        .calls("llama's custom tool", #"<function=read>{"filePath": "a"}</function>"#, readA),
        .calls(
            "qwen, a name without schema", "<function=list_files><parameter=deep>true</parameter></function>",
            .init("list_files", #"{"deep":true}"#)),
    ]

    private static let glm: [TextCallRow] = [
        .calls(
            "glm", "<tool_call>read\n<arg_key>filePath</arg_key>\n<arg_value>a</arg_value>\n</tool_call>", readTight),
        .calls(
            "glm in one line",
            "<tool_call>read<arg_key>filePath</arg_key><arg_value>a</arg_value><arg_key>limit</arg_key><arg_value>5</arg_value></tool_call>",
            .init("read", #"{"filePath":"a","limit":5}"#)),
        .calls("glm, no arguments", "<tool_call>list_files\n</tool_call>", .init("list_files", "{}")),
        .calls(
            "glm, tags within a value",
            "<tool_call>bash<arg_key>command</arg_key><arg_value>echo '</tool_call>' '</arg_value>' x</arg_value></tool_call>",
            .init("bash", #"{"command":"echo '</tool_call>' '</arg_value>' x"}"#)),
        .calls(
            "glm, a null",
            "<tool_call>bash<arg_key>command</arg_key><arg_value>null</arg_value><arg_key>timeout</arg_key><arg_value>null</arg_value></tool_call>",
            .init("bash", #"{"command":"null","timeout":null}"#)),
        .mixed(
            "glm behind text", "So.<tool_call>list_files</tool_call>", "So.", .init("list_files", "{}")),
    ]

    private static let mistral: [TextCallRow] = [
        .calls("mistral list", #"[TOOL_CALLS][{"name": "read", "arguments": {"filePath": "a"}}]"#, readA),
        .calls(
            "mistral list of two",
            #"[TOOL_CALLS] [{"name":"read","arguments":{"filePath": "a"},"id":"123456789"},{"name":"bash","arguments":{"command":"[x]"}}]"#,
            readA, .init("bash", #"{"command":"[x]"}"#)),
        .calls("mistral name", #"[TOOL_CALLS]read[ARGS]{"filePath": "a"}"#, readA),
        .calls("mistral with an id", #"[TOOL_CALLS]read[CALL_ID]abcdefghi[ARGS]{"filePath": "a"}"#, readA),
        .calls("mistral name and brace", #"[TOOL_CALLS]read{"filePath": "a"}"#, readA),
        .calls(
            "mistral names", #"[TOOL_CALLS]read[ARGS]{"filePath": "a"}[TOOL_CALLS]list_files[ARGS]{}"#,
            readA, .init("list_files", "{}")),
        .mixed("mistral behind text", #"Well. [TOOL_CALLS]read[ARGS]{"filePath": "a"}"#, "Well. ", readA),
        .calls(
            "mistral, brackets within a string", #"[TOOL_CALLS]bash[ARGS]{"command":"echo }]\"}"}"#,
            .init("bash", #"{"command":"echo }]\"}"}"#)),
    ]

    private static let llama: [TextCallRow] = [
        .calls("llama", #"<|python_tag|>{"name": "read", "parameters": {"filePath": "a"}}"#, readA),
        .calls(
            "llama, function first",
            #"<|python_tag|>{"type": "function", "name": "read", "parameters": {"filePath": "a"}}"#, readA),
        .mixed(
            "llama behind text", #"Hm. <|python_tag|>{"name": "read", "parameters": {"filePath": "a"}}"#, "Hm. ", readA),
        .plain("llama, code", "<|python_tag|>print(1)"),
    ]

    private static let whole: [TextCallRow] = [
        .calls("bare", #"{"name": "read", "parameters": {"filePath": "a"}}"#, readA),
        .calls("bare with space around", "\n {\"name\": \"read\", \"arguments\": {\"filePath\": \"a\"}}\n", readA),
        .calls("bare, fenced", "```json\n{\"name\": \"read\", \"arguments\": {\"filePath\": \"a\"}}\n```", readA),
        .calls(
            "bare, fenced without a language", "```\n{\"name\": \"read\", \"arguments\": {\"filePath\": \"a\"}}\n```\n",
            readA),
        .calls("bare list", #"[{"name": "read", "arguments": {"filePath": "a"}}]"#, readA),
        .calls(
            "fenced tag",
            "```xml\n<tool_call>{\"name\": \"read\", \"arguments\": {\"filePath\": \"a\"}}</tool_call>\n```", readA),
        .calls(
            "bare, OpenAI's shape", #"{"type":"function","function":{"name":"read","arguments":{"filePath": "a"}}}"#,
            readA),
        .plain("bare, text behind it", "{\"name\": \"read\", \"arguments\": {}} is how you call it."),
        .plain("bare, of no tool", #"{"name": "fly", "arguments": {"to": "a"}}"#),
        .plain("bare, another key", #"{"title": "read", "arguments": {"to": "a"}}"#),
        .plain("a fence with text behind it", "```json\n{\"name\": \"read\", \"arguments\": {}}\n```\nThat is it."),
        .plain("a person", #"{"name": "Read", "age": 7}"#),
        .plain("a list of numbers", "[1, 2, 3]"),
        .plain("code", "```swift\nlet a = 1\n```"),
    ]

    private static let ordinary: [TextCallRow] = [
        .plain("nothing", ""),
        .plain("white space", " \n\n"),
        .plain("text", "a < b, a <tool, [TOOL] and <|py"),
        .plain("ends with a marker's beginning", "x <tool_ca"),
        .plain("ends with a marker", "x <tool_call>"),
        .plain("a tag explained", "The <tool_call> tag holds JSON, and </tool_call> closes it."),
        .plain("a tag in code", #"Write `<tool_call>{"name":"read","arguments":{"filePath":"a"}}</tool_call>`."#),
        .plain(
            "a call in a fence within text",
            "Like so:\n```xml\n<tool_call>{\"name\":\"read\",\"arguments\":{\"filePath\":\"a\"}}</tool_call>\n```\nDone."
        ),
        .plain("a call of no tool", #"<tool_call>{"name":"teleport","arguments":{"to":"a"}}</tool_call>"#),
        .plain("a function of no tool", "<function=teleport><parameter=to>a</parameter></function>"),
        .plain("a type parameter", "func f<function=Int>() {} <function=\n>"),
        .plain("a glm call of no tool", "<tool_call>teleport<arg_key>a</arg_key><arg_value>b</arg_value></tool_call>"),
        .plain("a mistral marker in prose", "[TOOL_CALLS] is Mistral's marker."),
        .plain("other JSON in a tag", #"<tool_call>{"a":1}</tool_call>"#),
        .plain("lists and links", "- [ ] a\n- [x] b\n[TO](x) [TOOL_CALL](y)"),
        .plain("letters outside ASCII", "Grüße, 日本 <tool_cäll> 🙂"),
        .mixed(
            "a tag explained, and then used",
            "The <tool_call> tag: <tool_call>{\"name\":\"read\",\"arguments\":{\"filePath\": \"a\"}}</tool_call>",
            "The <tool_call> tag: ", readA),
        .mixed(
            "code, and then a call",
            "```\nx\n```\n<tool_call>{\"name\":\"read\",\"arguments\":{\"filePath\": \"a\"}}</tool_call>",
            "```\nx\n```\n", readA),
        .mixed(
            "line code, and then a call",
            "`x` and\n<tool_call>{\"name\":\"read\",\"arguments\":{\"filePath\": \"a\"}}</tool_call>", "`x` and\n",
            readA),
    ]

    private static let broken: [TextCallRow] = [
        .plain("cut in a call", #"Now <tool_call>{"name":"read","arguments":{"filePath":"a"#, isCut: true),
        .plain("cut between brackets", #"<tool_call>{"name":"read","arguments":{"filePath":"a"}"#, isCut: true),
        .plain("cut in a value", "<function=bash>\n<parameter=command>\nrm -rf /tmp", isCut: true),
        .plain("cut behind a value", "<tool_call>bash<arg_key>command</arg_key><arg_value>a</arg_value>", isCut: true),
        .plain("cut in a list", #"[TOOL_CALLS][{"name":"read","arguments":{"filePath":"a"}}"#, isCut: true),
        .plain("breaks off in a string", #"<tool_call>{"name":"bash","arguments":{"command":"rm -rf /tm"#),
        .plain("breaks off in a value", "<function=bash><parameter=command>rm -rf /tm"),
        .mixed(
            "cut in the second call",
            #"<tool_call>{"name":"read","arguments":{"filePath": "a"}}</tool_call><tool_call>{"name":"ba"#,
            #"<tool_call>{"name":"ba"#, readA),
        .mixed(
            "a broken call, and then a good one",
            #"<tool_call>{"name":"read","argu<tool_call>{"name":"read","arguments":{"filePath": "a"}}</tool_call>"#,
            #"<tool_call>{"name":"read","argu"#, readA),
    ]
}
