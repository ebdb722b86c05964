import Testing

@testable import LocalCodeCore

@Suite("Search: words")
struct SearchWordsTests {
    private func words(_ text: String) -> [UInt32] { SearchWords.hashes(in: text.utf8) }

    @Test(
        "identifiers have their parts and themselves",
        arguments: [
            ("slotPool", "slot pool slotpool"), ("slot_pool", "slot pool slotpool"),
            ("HTTPServer", "http server httpserver"),
            ("parseURL", "parse url parseurl"), ("SHA256", "sha256"), ("_x1", "x1"), ("a+b", ""), ("Größe", "größe"),
            ("MAX_SIZE", "max size maxsize"), ("utf8Bytes", "utf8 bytes utf8bytes"), ("__init__", "init"),
        ])
    func identifiers(text: String, parts: String) {
        #expect(words(text) == parts.split(separator: " ").flatMap { words(String($0)) })
    }

    @Test(
        "forms of a word are one",
        arguments: [
            "save saves saved saving", "cache caches cached caching", "query queries", "evict evicts eviction",
            "parse parser parsing", "class classes", "run running", "retry retries retried", "limit limits limited",
        ])
    func endings(forms: String) { #expect(Set(words(forms)).count == 1, "\(forms)") }

    @Test(
        "different words stay different",
        arguments: ["string strip", "thing this", "bus but", "need net", "speed spell", "class clash"])
    func apart(two: String) { #expect(Set(words(two)).count == 2) }

    @Test("what is too long is no word")
    func long() { #expect(words(String(repeating: "ab", count: 100)).isEmpty) }
}
