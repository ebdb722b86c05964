import Testing

@testable import Commands

@Suite("Places, gaps and diffs")
struct FIMGapTests {
    @Test("A place is read as compilers write it")
    func place() throws {
        #expect(try FIMPlace("main.c:12:5") == FIMPlace("main.c:12:5:"))
        let place = try FIMPlace("a:b/main.c:12")
        #expect(place.path == "a:b/main.c")
        #expect(place.line == 12)
        #expect(place.column == nil)
        #expect(try FIMPlace("3:4:5").path == "3")
    }

    @Test(
        "What is no place is refused", arguments: ["main.c", "main.c:x", ":1:2", "main.c:0:1", "main.c:1:0", ""])
    func noPlace(text: String) { #expect(throws: UsageError.self) { try FIMPlace(text) } }

    @Test(
        "A place divides a text",
        arguments: [
            ("f:1:1", "", "één\r\ntwo\n"), ("f:1:3", "éé", "n\r\ntwo\n"), ("f:1", "één", "\r\ntwo\n"),
            ("f:2:2", "één\r\nt", "wo\n"), ("f:2:4", "één\r\ntwo", "\n"), ("f:3:1", "één\r\ntwo\n", ""),
        ])
    func gap(place: String, prefix: String, suffix: String) throws {
        let gap = try FIMGap(try FIMPlace(place), in: "één\r\ntwo\n")
        #expect(gap == FIMGap(path: "f", prefix: prefix, suffix: suffix))
    }

    @Test("A place that the text does not have is named", arguments: ["f:1:5", "f:4", "f:3:2"])
    func outside(place: String) throws {
        let place = try FIMPlace(place)
        #expect(throws: Failure.self) { try FIMGap(place, in: "één\r\ntwo\n") }
    }

    @Test("A mark divides a text")
    func marked() throws {
        #expect(try FIMGap(marked: "a<CURSOR>b", mark: "<CURSOR>") == FIMGap(prefix: "a", suffix: "b"))
        #expect(throws: UsageError.self) { try FIMGap(marked: "ab", mark: "<CURSOR>") }
        #expect(throws: UsageError.self) { try FIMGap(marked: "a|b|c", mark: "|") }
        #expect(throws: UsageError.self) { try FIMGap(marked: "ab", mark: "") }
    }

    @Test("A change within a line")
    func diffOfALine() {
        let gap = FIMGap(path: "/home/src/a b.c", prefix: "1\n2\n3\n4\nx = ", suffix: ";\n6\n7\n8\n9\n")
        #expect(
            FIMDiff(gap, insertion: "y", in: "/home").text == """
                --- a/src/a b.c\t
                +++ b/src/a b.c\t
                @@ -2,7 +2,7 @@
                 2
                 3
                 4
                -x = ;
                +x = y;
                 6
                 7
                 8

                """)
    }

    @Test("New lines, at the end and at the beginning")
    func diffOfLines() {
        let end = FIMGap(path: "./f", prefix: "1\n2", suffix: "")
        #expect(
            FIMDiff(end, insertion: "\n3\n", in: "/").text
                == "--- a/f\n+++ b/f\n@@ -1,2 +1,3 @@\n 1\n-2\n\\ No newline at end of file\n+2\n+3\n")
        let beginning = FIMGap(path: "f", prefix: "", suffix: "1\n")
        #expect(FIMDiff(beginning, insertion: "0\n", in: "/").text == "--- a/f\n+++ b/f\n@@ -1 +1,2 @@\n+0\n 1\n")
        #expect(
            FIMDiff(FIMGap(path: "f", prefix: "", suffix: ""), insertion: "a\n", in: "/").text.contains("@@ -0,0 +1 @@")
        )
        #expect(FIMDiff(beginning, insertion: "", in: "/").text == "")
    }
}

@Suite("Files that a text imports")
struct FIMImportsTests {
    @Test(
        "By language",
        arguments: [
            ("a.c", "#include <stdio.h>\n  #  include \"x/y.h\"\n", ["x/y.h", "include/x/y.h", "src/x/y.h"]),
            ("a.py", "from ..m.n import x\n", ["../m/n.py", "../m/n/__init__.py", "src/m/n.py"]),
            ("a.py", "from . import one, two\n", ["one.py", "one/__init__.py", "src/one.py"]),
            ("a.py", "import m.n as k\n", ["m/n.py", "m/n/__init__.py", "src/m/n.py"]),
            ("a.rs", "pub mod part;\nmod tests { }\n", ["part.rs", "part/mod.rs"]),
            (
                "a.rs", "use crate::a::b;\n", ["src/a/b.rs", "src/a/b/mod.rs", "src/a.rs", "src/a/mod.rs"]
            ),
            ("A.java", "import x.y.Z;\n", ["src/main/java/x/y/Z.java", "src/x/y/Z.java", "x/y/Z.java"]),
            ("a.rb", "require 'json'\nrequire_relative 'x/y'\n", ["x/y.rb", "x/y"]),
            ("a.zig", "const std = @import(\"std\");\nconst x = @import(\"x.zig\");\n", ["x.zig"]),
            ("a.lua", "local x = require(\"x.y\")\n", ["x/y.lua", "x/y/init.lua", "lua/x/y.lua", "lua/x/y/init.lua"]),
            ("a.txt", "#include \"x.h\"\n", []), ("Makefile", "include x\n", []),
        ] as [(String, String, [String])])
    func candidates(path: String, text: String, expected: [String]) {
        let candidates = FIMImports(text, path: path).candidates
        // The first line of some is about what is installed, and names no file here.
        #expect(candidates.last ?? [] == expected)
    }

    @Test("Scripts import by relative paths")
    func scripts() {
        let text = "import fs from 'fs';\nimport { a } from \"./a\";\nconst b = require('../b.js')\n"
        let candidates = FIMImports(text, path: "x.ts").candidates
        #expect(candidates.map(\.first) == ["./a", "../b.js"])
        #expect(candidates.first?.contains("./a/index.ts") == true)
        #expect(candidates.last?.contains("../b.ts") == true)
    }

    @Test("Each once")
    func once() { #expect(FIMImports("import a\nimport a\nimport b\n", path: "x.py").candidates.count == 2) }

    @Test("Headers are of the language of what includes them")
    func languages() {
        #expect(FIMSurroundings.isSameLanguage("a.h", "b.cpp"))
        #expect(FIMSurroundings.isSameLanguage("a.swift", "b.swift"))
        #expect(!FIMSurroundings.isSameLanguage("a.py", "b.cpp"))
        #expect(!FIMSurroundings.isSameLanguage("a.md", "b.swift"))
    }
}
