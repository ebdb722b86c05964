import Support
import Synchronization
import Testing

@testable import LocalCodeCore

struct SpendingBookTests {
    private let home: TestDirectory
    private let directory: String
    private var file: String { directory + "/spending.json" }

    init() throws {
        home = try TestDirectory()
        directory = home.path + "/state/localcode"
    }

    /// A time of a day in 2026 that has the same date nearly everywhere.
    private static func hour(_ day: Int) -> Double { 1_795_687_200 + Double(day) * 86_400 }

    private func written(_ book: SpendingBook) async {
        while !book.isWritten, !Task.isCancelled { await Task.yield() }
    }

    @Test("what is spent counts at once, and survives a restart", .timeLimit(.minutes(1)))
    func persists() async throws {
        let book = SpendingBook(directory: directory)
        #expect(await book.today() == 0)
        book.add(0.25)
        book.add(0.5)
        book.add(-1)
        book.add(.nan)
        #expect(await book.today() == 0.75)
        await written(book)
        #expect(await book.today() == 0.75)
        #expect(await SpendingBook(directory: directory).today() == 0.75)
        #expect(TestFiles.below(directory).map { $0.split(separator: "/").last } == ["spending.json", "spending.lock"])
    }

    @Test("processes that share a directory lose nothing of each other", .timeLimit(.minutes(1)))
    func shared() async {
        let books = (0..<4).map { _ in SpendingBook(directory: directory) }
        await withTaskGroup(of: Void.self) { tasks in
            for book in books {
                tasks.addTask {
                    for _ in 0..<50 {
                        book.add(0.125)
                        // Some come while others are being written.
                        _ = await book.today()
                        await Task.yield()
                    }
                }
            }
        }
        for book in books { await written(book) }
        for book in books { #expect(await book.today() == 25) }
    }

    @Test("midnight begins a new sum, and a month is kept", .timeLimit(.minutes(1)))
    func days() async throws {
        let day = Atomic(0)
        let book = SpendingBook(directory: directory) { Self.hour(day.load(ordering: .relaxed)) }
        for number in 0..<40 {
            day.store(number, ordering: .relaxed)
            #expect(await book.today() == 0)
            book.add(1)
            #expect(await book.today() == 1)
            await written(book)
        }
        let kept = try JSONValue(parsing: TestFiles.bytes(of: file))
        #expect(kept.object?.count == SpendingBook.dayLimit)
        #expect(kept.object?.keys.last == SpendingBook.date(Self.hour(39)))
    }

    @Test("dates are those of the calendar")
    func dates() {
        #expect(SpendingBook.date(Self.hour(0)) == "2026-11-26")
        #expect(SpendingBook.date(Self.hour(5)) == "2026-12-01")
        #expect(SpendingBook.date(Self.hour(36)) == "2027-01-01")
    }

    @Test("a file that is damaged counts as empty, and is replaced", .timeLimit(.minutes(1)))
    func damaged() async throws {
        try home.makeDirectory("state/localcode")
        try home.write(#"{"2026-11-26": "#, to: "state/localcode/spending.json")
        let book = SpendingBook(directory: directory)
        #expect(await book.today() == 0)
        book.add(2)
        await written(book)
        #expect(await SpendingBook(directory: directory).today() == 2)
    }

    @Test("what cannot be written counts all the same", .timeLimit(.minutes(1)))
    func unwritable() async throws {
        try home.write("no directory", to: "state")
        let book = SpendingBook(directory: directory)
        book.add(2)
        await written(book)
        book.add(1)
        await written(book)
        #expect(await book.today() == 3)
        // The way is free again.
        try TestFiles.remove(home.path + "/state")
        book.add(1)
        await written(book)
        #expect(await SpendingBook(directory: directory).today() == 4)
    }
}
