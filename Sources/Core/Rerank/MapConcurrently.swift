/// Does something for each element, for at most so many at a time.
/// - Returns: the results in the elements' order.
/// - Throws: the first error; what still runs is cancelled.
func mapConcurrently<Element: Sendable, Result: Sendable>(
    _ elements: [Element], atMost width: Int, _ body: @escaping @Sendable (Element) async throws -> Result
) async throws -> [Result] {
    try await withThrowingTaskGroup(of: (Int, Result).self) { tasks in
        var results = [Result?](repeating: nil, count: elements.count)
        var next = 0
        func start() {
            guard next < elements.count else { return }
            let (index, element) = (next, elements[next])
            next += 1
            tasks.addTask { (index, try await body(element)) }
        }
        for _ in 0..<max(1, width) { start() }
        while let (index, result) = try await tasks.next() {
            results[index] = result
            start()
        }
        return results.compactMap(\.self)
    }
}
