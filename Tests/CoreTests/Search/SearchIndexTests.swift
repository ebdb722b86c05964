import Support
import Testing

@testable import LocalCodeCore

@Suite("Search: the index")
struct SearchIndexTests {
    private let directory: TestDirectory
    private let store: SearchIndexStore

    init() throws {
        directory = try TestDirectory()
        try directory.makeDirectory("tree/sub")
        store = SearchIndexStore(cache: "\(directory.path)/cache")
        try directory.write("func saveSlot() {\n    write()\n}\n", to: "tree/slot.swift")
        try directory.write("def read_file(path):\n    return open(path)\n", to: "tree/sub/read.py")
    }

    private var root: String { "\(directory.path)/tree" }

    private func found() throws -> [SourceFile] { try SourceWalk(root: root, environment: [:]).files() }

    private func fresh() throws -> SearchIndex {
        try #require(try SearchIndex().updated(found(), root: root, now: .max))
    }

    private func best(_ question: String, in index: SearchIndex) -> [String] {
        var search = LexicalSearch(question)
        search.add(index)
        return search.best(10).map(\.path)
    }

    @Test("finds by words of names, texts and paths")
    func finds() throws {
        let index = try fresh()
        #expect(best("saving a slot", in: index) == ["slot.swift"])
        #expect(best("opens files for reading", in: index) == ["sub/read.py"])
        #expect(best("read.py", in: index) == ["sub/read.py"])
        #expect(best("elephant", in: index) == [])
    }

    @Test("reads only what changed")
    func updates() throws {
        let old = try fresh()
        #expect(try old.updated(found(), root: root, now: .max) == nil)
        try directory.write("func loadSlot() {\n    readMore()\n}\n", to: "tree/slot.swift")
        try directory.write("new words here\n", to: "tree/a.txt")
        try TestFiles.remove("\(root)/sub/read.py")
        var read = 0
        let new = try #require(try old.updated(found(), root: root, now: .max) { _ in read += 1 })
        #expect(read == 2)
        let same = try fresh()
        #expect(new == same)
        #expect(best("load slot", in: new) == ["slot.swift"])
        #expect(best("open file", in: new) == [])
    }

    @Test("a file that was changed just now is read again the next time")
    func young() throws {
        let files = try found()
        let now = try #require(files.map(\.modified).max())
        let young = try #require(try SearchIndex().updated(files, root: root, now: now))
        var read = 0
        let again = try #require(try young.updated(files, root: root, now: .max) { _ in read += 1 })
        #expect(read > 0)
        #expect(try again.updated(files, root: root, now: .max) == nil)
    }

    @Test("binary and long files have no words")
    func binary() throws {
        try directory.write("func saveSlot\u{0}", to: "tree/b.bin")
        try directory.write(String(repeating: "slot ", count: 300_000), to: "tree/big.txt")
        let index = try fresh()
        #expect(best("save slot", in: index) == ["slot.swift"])
    }

    @Test("is what it was when it is read back, and nothing else is taken for it")
    func coding() throws {
        let index = try fresh()
        let bytes = index.encoded(root: root)
        #expect(SearchIndex(bytes, root: root) == index)
        #expect(SearchIndex(bytes, root: "/other") == nil)
        for count in bytes.indices { #expect(SearchIndex(Array(bytes[..<count]), root: root) == nil) }
        for place in bytes.indices {
            var damaged = bytes
            damaged[place] ^= 0xFF
            // What is taken for an index can be searched without harm.
            if let taken = SearchIndex(damaged, root: root) { _ = best("save a slot", in: taken) }
        }
    }

    @Test("the store keeps it, and gives nothing for a file that is not whole")
    func kept() throws {
        #expect(store.index(of: root) == SearchIndex())
        let tree = SearchTree(at: root)
        let (index, isKept) = try tree.index(store, environment: [:])
        #expect(isKept)
        #expect(store.index(of: root) == index)
        let file = try #require(TestFiles.below("\(directory.path)/cache").first)
        try TestFiles.write(Array("LCSEARCH".utf8), to: file)
        #expect(store.index(of: root) == SearchIndex())
        let again = try tree.index(store, environment: [:]).index
        #expect(again == index)
        #expect(TestFiles.below("\(directory.path)/cache").count == 1)
    }

    @Test("a store that cannot write is no reason not to search")
    func noStore() throws {
        try directory.write("", to: "file")
        let store = SearchIndexStore(cache: "\(directory.path)/file")
        let (index, isKept) = try SearchTree(at: root).index(store, environment: [:])
        #expect(!isKept)
        #expect(best("save slot", in: index) == ["slot.swift"])
    }

    @Test("the indexes of the trees that changed last are kept")
    func limit() throws {
        for number in 0..<SearchIndexStore.treeLimit + 3 { #expect(store.keep(SearchIndex(), of: "/\(number)")) }
        #expect(TestFiles.below("\(directory.path)/cache").count == SearchIndexStore.treeLimit)
    }

    @Test("several indexes count as one, and files that are not wanted do not count")
    func several() throws {
        var search = LexicalSearch("slot file")
        search.add(SearchIndex(documents: ["a slot", "nothing"]))
        search.add(try fresh()) { $0.hasSuffix(".py") }
        let hits = search.best(10)
        #expect(hits.map { "\($0.index) \($0.path)" } == ["0 1", "1 sub/read.py"])
        #expect(hits.allSatisfy { $0.score > 0 })
        #expect(search.best(1).count == 1)
    }

    @Test("lines of a file")
    func lines() throws {
        let path = try directory.write("one\ntwo\nthree\n\nfive", to: "lines.txt")
        #expect(SourceText.lines(1...1, of: path) == "one")
        #expect(SourceText.lines(2...4, of: path) == "two\nthree\n")
        #expect(SourceText.lines(5...5, of: path) == "five")
        #expect(SourceText.lines(7...7, of: path) == nil)
        #expect(SourceText.lines(1...1, of: "\(path).gone") == nil)
    }
}
