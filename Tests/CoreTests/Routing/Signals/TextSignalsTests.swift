import Testing

@testable import LocalCodeCore

@Suite("Signals: texts")
struct TextSignalsTests {
    private func read(_ text: String) -> TextSignals {
        var signals = TextSignals()
        signals.read(text)
        return signals
    }

    @Test(
        "programming languages",
        arguments: [
            ("```rust\nx\n```", ["rust"]), ("def f(self):\n    pass", ["python"]),
            ("look at Sources/App/main.swift and lib/util.ts, please", ["swift", "typescript"]),
            ("const a = 1\nconst b = 2\nfn main() {", ["javascript", "rust"]), ("Rust is a nice word", []),
            ("e.g. a sentence. or two", []),
        ])
    func languages(text: String, expected: [String]) {
        #expect(read(text).languages == expected)
    }

    @Test("code is told line by line")
    func code() {
        let signals = read("Please fix this:\n\n```\nany thing\nat all\n```\nIt is wrong.\n")
        #expect(signals.lines == 4)
        #expect(signals.codeLines == 2)
        #expect(read("    foo(bar)\n\tx = 1\n}\nif (a) {\nreturn;").codeLines == 5)
        #expect(read("A sentence.\nAnother (with brackets).\n- a point = none\n").codeLines == 0)
    }

    @Test("diffs and stack traces")
    func diffs() {
        #expect(read("diff --git a/x b/x\n").hasDiff)
        #expect(read("see:\n@@ -1,2 +3 @@\n-a").hasDiff)
        #expect(!read("the diff --git shows").hasDiff)
        for trace in [
            "Traceback (most recent call last):", "    at java.lang.Thread.run",
            "thread 'main' panicked at src/main.rs",
            "goroutine 1 [running]:", "  File \"/a.py\", line 3",
        ] {
            #expect(read("It says\n\(trace)\n").hasStackTrace, "\(trace)")
        }
        #expect(!read("Look at the file").hasStackTrace)
    }

    @Test(
        "questions and instructions",
        arguments: [
            ("Why is the sky blue?", true), ("what does this do", true), ("Fix the parser.", false),
            ("Can you add a test?", false), ("The tests fail. Fix them", false), ("I get an error. Why?", true),
            ("Explain how it works?", false), ("Warum ist das so langsam?", true), ("Kannst du das beheben?", false),
            ("Füge einen Test hinzu", false), ("这个函数是做什么的？", true), ("hello", nil), ("", nil),
        ] as [(String, Bool?)])
    func questions(text: String, expected: Bool?) {
        #expect(read(text).prose.isQuestion == expected)
    }

    @Test(
        "languages of people",
        arguments: [
            ("What is the name of this function and how does it work?", "en"),
            ("Wie kann ich den Fehler in der Funktion beheben?", "de"),
            ("Quelle est la différence entre les deux fonctions dans ce fichier ?", "fr"),
            ("¿Cómo puedo arreglar los errores de esta función?", "es"), ("请帮我修复这个函数中的错误", "zh"),
            ("この関数のエラーを修正してください", "ja"), ("이 함수의 오류를 고쳐 주세요", "ko"), ("Исправь ошибку в функции", "ru"),
            ("What does 请求 mean in the code of this file?", "en"), ("Fix parser", nil), ("请 fix", nil),
            ("foo bar baz", nil),
        ] as [(String, String?)])
    func people(text: String, expected: String?) {
        #expect(read(text).prose.language == expected)
    }

    @Test("words are found in small letters, whole, and once")
    func words() {
        let signals = read("Prove that the DEADLOCK cannot happen: analyse the deadlock. Classification, prover.")
        #expect(signals.reasoningWords == ["prove", "deadlock", "analyse"])
        #expect(signals.codeWords == ["deadlock"])
        #expect(read("begründe die Architektur Über").reasoningWords == ["begründe"])
        #expect(read("BEGRÜNDE").reasoningWords == ["begründe"])
    }

    @Test("a key keeps the whole word up to sixteen bytes")
    func keys() {
        for word in ["a", "eight-ch", "vulnerability", "sixteen-byte-key"] {
            #expect(SignalWords.Key(word).text == word)
        }
        #expect(SignalWords.Key("seventeen-bytes-x").text == "")
        #expect(SignalWords.table.keys.allSatisfy { $0.count <= 16 && !$0.text.isEmpty })
    }
}
