import Support
import Testing

@testable import Commands

@Suite("Help: generated files")
struct GeneratedFilesTests {
    @Test("the committed files are current", arguments: GeneratedFiles.Kind.allCases)
    func current(kind: GeneratedFiles.Kind) throws {
        let folder = kind == .man ? "man" : "completions"
        for file in GeneratedFiles.all(kind, of: .program) {
            let path = "\(folder)/\(file.name)"
            let committed = try FileText.bytes(at: "\(TestPlaces.repository)/\(path)", limit: 1 << 20)
            // Not compared inside the expectation, which would print both.
            let isCurrent = committed.map { $0.elementsEqual(file.text.utf8) } ?? false
            #expect(isCurrent, "\(path) is out of date: run 'make generated' and commit the result")
        }
    }

    @Test("one man page for the program and one for each command that is not hidden")
    func pages() {
        let names = GeneratedFiles.all(.man, of: SampleProgram.program).map(\.name)
        #expect(
            names == [
                "localcode.1", "localcode-serve.1", "localcode-copy.1", "localcode-echo.1", "localcode-config.1",
            ])
    }

    @Test("a page has its sections in the usual order, every option, its default, variable and key")
    func page() {
        let text = ManPage.text([SampleProgram.program, SampleProgram.serve])
        let sections = text.split(separator: "\n").filter { $0.hasPrefix(".SH ") }.map {
            String($0.dropFirst(5).dropLast())
        }
        #expect(
            sections == [
                "NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS", "ENVIRONMENT", "FILES", "SEE ALSO",
            ])
        #expect(text.contains("\\fB\\-p\\fR, \\fB\\-\\-port\\fR \\fIPORT\\fR"))
        #expect(text.contains("The default is 4242."))
        #expect(text.contains("\\fBLOCALCODE_CACHE_DIR\\fR"))
        #expect(text.contains("\\fBOTHER_KEY\\fR"))
        #expect(text.contains("\\fB\\-\\-no\\-auto\\fR"))
        for option in SampleProgram.serve.options where !option.isOnByDefault {
            #expect(text.contains(Roff.bold("--\(option.name)")), "\(option.name)")
        }
    }

    @Test("hidden commands are nowhere", arguments: GeneratedFiles.Kind.allCases)
    func hidden(kind: GeneratedFiles.Kind) {
        #expect(!GeneratedFiles.all(kind, of: SampleProgram.program).contains { $0.text.contains("secret") })
    }

    @Test("every completion knows every option and choice", arguments: [GeneratedFiles.Kind.bash, .zsh, .fish])
    func completions(kind: GeneratedFiles.Kind) {
        let text = GeneratedFiles.all(kind, of: SampleProgram.program).map(\.text).joined()
        for option in SampleProgram.serve.options {
            #expect(text.contains(kind == .fish ? "-l \(option.offered) " : "--\(option.offered)"), "\(option.name)")
        }
        #expect(text.contains("pretty json"))
    }
}
