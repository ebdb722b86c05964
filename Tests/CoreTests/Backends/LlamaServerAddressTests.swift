import Testing

@testable import LocalCodeCore

@Suite struct LlamaServerAddressTests {
    @Test(arguments: [
        ("http://h:8080", "http://h:8080"), ("http://h:8080//", "http://h:8080"), ("http://h/v1", "http://h"),
        ("http://h/llm/v1/", "http://h/llm"), ("http://h/llm/", "http://h/llm"), ("http://h/av1", "http://h/av1"),
    ])
    func pathsAreAppendedToIt(url: String, base: String) {
        #expect(LlamaServer.Address(url: url).url == base)
    }

    @Test(arguments: [
        ("http://h:8080/a@b", "http://h:8080/a@b"), ("http://u:p@h:8080/x", "http://h:8080/x"),
        ("https://u:p@q@h", "https://h"),
    ])
    func itsNameHasNoPassword(url: String, name: String) {
        let address = LlamaServer.Address(url: url)
        #expect(address.name == name)
        #expect(address.url == url)
    }
}
