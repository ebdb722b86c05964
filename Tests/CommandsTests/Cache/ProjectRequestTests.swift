import LocalCodeCore
import Support
import Testing

@testable import Commands

@Suite("Cache: a project's request")
struct ProjectRequestTests {
    /// A system prompt of OpenCode 1, shortened.
    private static let prompt = """
        You are opencode, an interactive CLI tool that helps users with software engineering tasks.
        You are powered by the model named main. The exact model ID is localcode/main
        Here is some useful information about the environment you are running in:
        <env>
          Working directory: /home/a/one/sub
          Workspace root folder: /home/a/one
          Is directory a git repo: yes
          Platform: linux
          Today's date: Mon Nov 23 2026
        </env>
        Instructions from: /home/a/.config/opencode/AGENTS.md
        My own rules.
        Instructions from: /home/a/one/sub/AGENTS.md
        Rules of sub.

        Instructions from: /home/a/one/AGENTS.md
        Rules of one.
        Skills provide specialized instructions and workflows for specific tasks.
        <available_skills>
        """

    private let project = Project(
        directory: "/src/two", worktree: "/src", isGit: true,
        instructions: [
            .init(path: "/src/two/AGENTS.md", text: "Rules of two.\n"), .init(path: "/src/AGENTS.md", text: "All."),
        ])

    private var request: ProjectRequest { ProjectRequest(project: project, date: "Tue Nov 24 2026", platform: "linux") }

    @Test("what belongs to the project is exchanged, and nothing else")
    func exchanged() throws {
        #expect(
            request.prompt(like: Self.prompt) == """
                You are opencode, an interactive CLI tool that helps users with software engineering tasks.
                You are powered by the model named main. The exact model ID is localcode/main
                Here is some useful information about the environment you are running in:
                <env>
                  Working directory: /src/two
                  Workspace root folder: /src
                  Is directory a git repo: yes
                  Platform: linux
                  Today's date: Tue Nov 24 2026
                </env>
                Instructions from: /home/a/.config/opencode/AGENTS.md
                My own rules.
                Instructions from: /src/two/AGENTS.md
                Rules of two.

                Instructions from: /src/AGENTS.md
                All.
                Skills provide specialized instructions and workflows for specific tasks.
                <available_skills>
                """)
    }

    @Test("the same project on the same day is the same prompt")
    func same() {
        let same = Project(
            directory: "/home/a/one/sub", worktree: "/home/a/one", isGit: true,
            instructions: [
                .init(path: "/home/a/one/sub/AGENTS.md", text: "Rules of sub.\n"),
                .init(path: "/home/a/one/AGENTS.md", text: "Rules of one."),
            ])
        #expect(
            ProjectRequest(project: same, date: "Mon Nov 23 2026", platform: "linux").prompt(like: Self.prompt)
                == Self.prompt)
    }

    @Test("instructions go where they would stand when the other project had none")
    func noneBefore() throws {
        let before = "You.\n<env>\n  Working directory: /a\n</env>\nSkills provide specialized instructions\nx"
        #expect(
            request.prompt(like: before)
                == "You.\n<env>\n  Working directory: /src/two\n</env>\nInstructions from: /src/two/AGENTS.md\nRules of two.\n\n"
                + "Instructions from: /src/AGENTS.md\nAll.\nSkills provide specialized instructions\nx")
        let bare = Project(directory: "/b", worktree: "/", isGit: false, instructions: [])
        let none = try #require(ProjectRequest(project: bare, date: "d", platform: "p").prompt(like: Self.prompt))
        #expect(!none.contains("Rules of one.") && none.contains("My own rules."))
        #expect(none.contains("  Is directory a git repo: no\n"))
    }

    @Test("OpenCode 2 has its date in front of the environment")
    func second() {
        let before = """
            You are an AI agent running in OpenCode, a coding agent harness.
            Instructions from: /a/AGENTS.md
            Rules.
            Today's date: Mon Nov 23 2026
            <env>
              Working directory: /a
            </env>
            """
        let after = """
            You are an AI agent running in OpenCode, a coding agent harness.
            Instructions from: /src/two/AGENTS.md
            Rules of two.

            Instructions from: /src/AGENTS.md
            All.
            Today's date: Tue Nov 24 2026
            <env>
              Working directory: /src/two
            </env>
            """
        #expect(request.prompt(like: before) == after)
        let none = before.replacing("Instructions from: /a/AGENTS.md\nRules.\n", with: "")
        #expect(request.prompt(like: none) == after)
    }

    @Test("the request keeps all but the messages, and has the system's only")
    func body() throws {
        let template = try ChatRequest(
            JSONView(
                validating: JSONValue.object([
                    "model": "main", "temperature": 1,
                    "messages": [
                        ["role": "system", "content": .string(Self.prompt)], ["role": "user", "content": "hi"],
                    ],
                    "tools": [["type": "function", "function": ["name": "bash"]]],
                ]).bytes), kind: .chat)
        let body = try #require(request.body(like: template))
        #expect(body["model"] == "main" && body["temperature"] == 1 && body["tools"]?.array?.count == 1)
        #expect(body["messages"]?.array?.count == 1)
        #expect(body["messages"]?[0]?["content"]?.string?.contains("/src/two") == true)
    }

    @Test("a prompt that is not OpenCode's is no template")
    func foreign() throws {
        #expect(request.prompt(like: "You help.") == nil)
        #expect(request.prompt(like: "<env>\n  Platform: linux\n</env>") == nil)
        let template = try ChatRequest(
            JSONView(validating: Array(#"{"messages":[{"role":"user","content":"<env>"}]}"#.utf8)), kind: .chat)
        #expect(request.body(like: template) == nil)
    }

    @Test("without a template it says what the project says")
    func alone() throws {
        let text = try #require(request.body["messages"]?[0]?["content"]?.string)
        #expect(
            text.contains("  Working directory: /src/two\n")
                && text.hasSuffix("Instructions from: /src/AGENTS.md\nAll."))
        #expect(
            text.contains(
                "Today's date: Tue Nov 24 2026\n</env>\nInstructions from: /src/two/AGENTS.md\nRules of two.\n\n"))
    }

    // MARK: - Files

    @Test("AGENTS.md counts from the directory up to the top of the repository")
    func files() throws {
        let directory = try TestDirectory()
        let root = Directories.resolved(directory.path)
        try directory.makeDirectory("repo/.git")
        try directory.makeDirectory("repo/sub/deep")
        try directory.write("above", to: "AGENTS.md")
        try directory.write("top", to: "repo/AGENTS.md")
        try directory.write("deep", to: "repo/sub/deep/AGENTS.md")
        try directory.write("other", to: "repo/sub/CLAUDE.md")
        let project = try Project.read("\(directory.path)/repo/sub/deep")
        #expect(project.directory == "\(root)/repo/sub/deep" && project.worktree == "\(root)/repo" && project.isGit)
        #expect(project.instructions.map(\.text) == ["deep", "top"])
        #expect(project.instructions.first?.path == "\(root)/repo/sub/deep/AGENTS.md")
    }

    @Test("CLAUDE.md counts where there is no AGENTS.md, and empty files do not")
    func otherNames() throws {
        let directory = try TestDirectory()
        try directory.makeDirectory("repo/.git")
        try directory.write("", to: "repo/AGENTS.md")
        try directory.write("claude", to: "repo/CLAUDE.md")
        try directory.write("context", to: "repo/CONTEXT.md")
        #expect(try Project.read("\(directory.path)/repo").instructions.map(\.text) == ["claude"])
    }

    @Test("what is no text is refused")
    func binary() throws {
        let directory = try TestDirectory()
        try directory.makeDirectory("repo/.git")
        try TestFiles.write([0xFF, 0xFE, 0x00], to: "\(directory.path)/repo/AGENTS.md")
        #expect(throws: Failure.self) { try Project.read("\(directory.path)/repo") }
    }

    @Test("dates look as JavaScript writes them")
    func date() {
        #expect(DateText.text(1_795_478_400).contains(" Nov ") && DateText.text(1_795_478_400).hasSuffix(" 2026"))
        let parts = DateText.text(1_767_355_200).split(separator: " ")
        #expect(parts.count == 4 && parts[1] == "Jan" && parts[2].count == 2 && parts[3] == "2026")
    }
}
