import Testing

@testable import LocalCodeCore

@Suite("Classify: search in bytes")
struct ByteSearchTests {
    @Test("a text is found at every place, and nowhere else", arguments: ["a", "ab", "directory", "aa"])
    func places(_ text: String) {
        let word = Array(text.utf8)
        for length in 0...70 {
            let blank = Array(repeating: UInt8(ascii: "."), count: length)
            #expect(ByteSearch.first(text, in: blank, 0..<length) == nil)
            for place in 0..<max(0, length - word.count + 1) {
                var bytes = blank
                bytes.replaceSubrange(place..<place + word.count, with: word)
                #expect(ByteSearch.first(text, in: bytes, 0..<length) == place)
                #expect(ByteSearch.first(text, in: bytes, place..<place + word.count) == place)
                // Not wholly in the range.
                #expect(ByteSearch.first(text, in: bytes, 0..<place + word.count - 1) == nil)
                if word.count > 1 { #expect(ByteSearch.first(text, in: bytes, place + 1..<length) == nil) }
            }
        }
    }

    @Test("beginnings and ends that match do not make a match")
    func almost() {
        let bytes = Array("directary directory".utf8)
        #expect(ByteSearch.first("directory", in: bytes, 0..<bytes.count) == 10)
        #expect(ByteSearch.first("", in: bytes, 0..<bytes.count) == nil)
    }
}
