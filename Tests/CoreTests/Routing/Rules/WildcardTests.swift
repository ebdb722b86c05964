import Testing

@testable import LocalCodeCore

@Suite("Rules: patterns and paths")
struct WildcardTests {
    @Test(
        arguments: [
            ("glm-*", "glm-4.7"), ("GLM-*", "glm-4.7"), ("glm-*", "GLM-4.7"), ("*", ""), ("*", "anything"), ("", ""),
            ("a*b*c", "a--b--b--c"), ("*.swift", "x.y.swift"), ("a**b", "ab"), ("é*", "été"), ("a*", "a"),
        ])
    func matches(pattern: String, text: String) { #expect(Wildcard(pattern).matches(text)) }

    @Test(
        arguments: [
            ("glm-*", "xglm-4"), ("", "a"), ("a*b", "abc"), ("a*b", "a"), ("coder", "coder2"), ("É", "é"),
            ("a*a", "a"), ("?", "x"),
        ])
    func matchesNot(pattern: String, text: String) { #expect(!Wildcard(pattern).matches(text)) }

    @Test func aHostileTextTakesNoTime() {
        let stars = String(repeating: "*a", count: 200)
        #expect(!Wildcard(stars + "b").matches(String(repeating: "a", count: 20_000)))
    }

    @Test(
        arguments: [
            ("/code/secret", "/code/secret"), ("/code/secret/app", "/code/secret"), ("/code/secret", "/code/secret/"),
            ("/code//secret/./x", "/code/secret"), ("/code/open/../secret", "/code/secret"),
            (#"C:\code\secret\app"#, "C:/code/secret"), ("/code", "/"),
        ])
    func lies(path: String, directory: String) { #expect(ProjectPath.lies(path, in: directory)) }

    @Test(
        arguments: [
            ("/code/secretive", "/code/secret"), ("/code", "/code/secret"), ("/code/secret/../open", "/code/secret"),
            ("/a", ""), ("", "/a"),
        ])
    func liesNot(path: String, directory: String) { #expect(!ProjectPath.lies(path, in: directory)) }
}
