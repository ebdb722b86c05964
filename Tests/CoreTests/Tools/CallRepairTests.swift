import Testing

@testable import LocalCodeCore

@Suite struct CallRepairTests {
    struct Row: Sendable, CustomStringConvertible {
        let tool: String
        let given: String
        let wanted: String
        let notes: [String]

        var description: String { "\(tool) \(given)" }

        init(_ tool: String, _ given: String, _ wanted: String, _ notes: String...) {
            (self.tool, self.given, self.wanted, self.notes) = (tool, given, wanted, notes)
        }
    }

    private static let good: [(String, String)] = [
        ("read", #"{"filePath": "a", "limit": 1.0}"#), ("list_files", #"{"x": [1,  2]}"#),
        ("bash", "{\"command\":\"ls\",\n\"other\":null}"),
        ("todowrite", #"{"todos":[{"content":"a","status":"pending","priority":1}]}"#),
    ]

    @Test(arguments: good) func whatFitsKeepsItsBytes(_ tool: String, _ arguments: String) {
        let result = CallRepair(tools: OfferedToolsSample.tools).repair(name: tool, arguments: arguments)
        #expect(result == .init(name: tool, arguments: arguments, notes: []))
    }

    private static let rows: [Row] = [
        // The form.
        .init("list_files", "", "{}", "list_files: arguments repaired: there were none"),
        .init("list_files", "null", "{}", "list_files: arguments repaired: there were none"),
        .init("read", #"{"filePath":"a",}"#, #"{"filePath":"a"}"#, "read: arguments repaired: trailing commas"),
        .init("read", "{'filePath': 'a'}", #"{"filePath":"a"}"#, "read: arguments repaired: quotation marks"),
        .init("read", "{filePath: \"a\"}", #"{"filePath":"a"}"#, "read: arguments repaired: unquoted keys"),
        .init(
            "read", "```json\n{\"filePath\":\"a\"}\n```", #"{"filePath":"a"}"#, "read: arguments repaired: code fence"),
        .init("read", #"{"filePath":"a""#, #"{"filePath":"a"}"#, "read: arguments repaired: missing brackets"),
        .init("read", #""{\"filePath\":\"a\"}""#, #"{"filePath":"a"}"#, "read: arguments repaired: JSON in a string"),
        .init("read", #"[{"filePath":"a"}]"#, #"{"filePath":"a"}"#, "read: arguments repaired: a list of one"),
        .init(
            "todowrite", #"[{"content":"a","status":"pending"}]"#, #"{"todos":[{"content":"a","status":"pending"}]}"#,
            "todowrite: arguments repaired: the list of todos alone"),
        // Types.
        .init(
            "read", #"{"filePath":"a","limit":"20"}"#, #"{"filePath":"a","limit":20}"#,
            "read: limit was a string, became a number"),
        .init(
            "bash", #"{"command":"a","background":"true"}"#, #"{"command":"a","background":true}"#,
            "bash: background was a string, became a boolean"),
        .init(
            "bash", #"{"command":"a","background":"False"}"#, #"{"command":"a","background":false}"#,
            "bash: background was a string, became a boolean"),
        .init("bash", #"{"command":7}"#, #"{"command":"7"}"#, "bash: command was a number, became a string"),
        .init("bash", #"{"command":["ls"]}"#, #"{"command":"ls"}"#, "bash: command was an array, became a string"),
        .init(
            "todowrite", #"{"todos":"[{\"content\":\"a\",\"status\":\"pending\"}]"}"#,
            #"{"todos":[{"content":"a","status":"pending"}]}"#, "todowrite: todos was a string, became an array"),
        .init(
            "todowrite", #"{"todos":"[{'content': 'a', 'status': 'pending'}]"}"#,
            #"{"todos":[{"content":"a","status":"pending"}]}"#, "todowrite: todos was a string, became an array"),
        .init(
            "todowrite", #"{"todos":{"content":"a","status":"pending"}}"#,
            #"{"todos":[{"content":"a","status":"pending"}]}"#, "todowrite: todos was an object, became an array"),
        .init(
            "todowrite", #"{"todos":[{"content":"a","status":"pending","priority":"2"}]}"#,
            #"{"todos":[{"content":"a","status":"pending","priority":2}]}"#,
            "todowrite: todos[0].priority was a string, became a number"),
        .init(
            "todowrite", #"{"todos":[{"content":"a","status":"In Progress"}]}"#,
            #"{"todos":[{"content":"a","status":"in_progress"}]}"#, "todowrite: todos[0].status spelt as in its list"),
        // Members.
        .init("read", #"{"file_path":"a"}"#, #"{"filePath":"a"}"#, "read: file_path became filePath"),
        .init("read", #"{"filepath":"a"}"#, #"{"filePath":"a"}"#, "read: filepath became filePath"),
        .init(
            "edit", #"{"file_path":"a","old_string":"b","new_string":"c"}"#,
            #"{"filePath":"a","oldString":"b","newString":"c"}"#, "edit: file_path became filePath",
            "edit: old_string became oldString", "edit: new_string became newString"),
        .init("read", #"{"filePath":"a","limit":null}"#, #"{"filePath":"a"}"#, "read: limit left out, it was null"),
        .init(
            "read", #"{"filePath":"a","why":"b"}"#, #"{"filePath":"a"}"#,
            "read: why left out, the tool does not know it"),
        .init(
            "read", #"{"arguments":{"filePath":"a"}}"#, #"{"filePath":"a"}"#,
            "read: the arguments were wrapped once more"),
        .init(
            "read", #"{"input":"{\"filePath\":\"a\"}"}"#, #"{"filePath":"a"}"#,
            "read: the arguments were wrapped once more"),
    ]

    @Test(arguments: rows) func repairs(_ row: Row) {
        let result = CallRepair(tools: OfferedToolsSample.tools).repair(name: row.tool, arguments: row.given)
        #expect(result?.name == row.tool)
        #expect(result?.arguments == row.wanted)
        #expect(result?.notes == row.notes)
    }

    @Test(arguments: [
        ("Read", "read"), ("raed", "read"), ("functions.read", "read"), ("todo_write", "todowrite"),
        ("listFiles", "list_files"), ("todowrit", "todowrite"),
    ]) func findsTheToolThatIsMeant(_ written: String, _ tool: String) {
        #expect(OfferedToolsSample.tools.tool(meant: written) == tool)
        let arguments = #"{"todos":[],"filePath":"a"}"#
        let result = CallRepair(tools: OfferedToolsSample.tools).repair(name: written, arguments: arguments)
        #expect(result?.name == tool)
        #expect(result?.notes.first == "tool name \(written) became \(tool)")
    }

    @Test(arguments: ["", "teleport", "x", "日本"]) func knowsNoOtherTool(_ name: String) {
        #expect(OfferedToolsSample.tools.tool(meant: name) == nil)
    }

    /// What would have to be invented is asked for.
    @Test(arguments: [
        ("read", "{}"), ("read", #"{"limit":1}"#), ("read", #"{"filePath":"/tmp/a"#),
        ("bash", #"{"command":"rm -rf /tm"#),
        ("read", "I do not know"), ("todowrite", #"{"todos":[{"content":"a","status":"someday"}]}"#),
        ("read", #"{"filePath":"a","limit":"many"}"#), ("read", "7"), ("read", "[1,2]"),
    ]) func inventsNothing(_ tool: String, _ arguments: String) {
        let repair = CallRepair(tools: OfferedToolsSample.tools)
        #expect(repair.repair(name: tool, arguments: arguments) == nil)
        #expect(!repair.problems(name: tool, arguments: arguments).isEmpty)
    }
}
