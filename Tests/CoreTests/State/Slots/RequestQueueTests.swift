import Testing

@testable import LocalCodeCore

@Suite struct RequestQueueTests {
    private func waiter(_ id: Int, _ session: String? = nil, _ lane: RequestLane = .main) -> RequestQueue.Waiter {
        .init(id: id, lane: lane, session: session)
    }

    @Test func firstComeFirstServed() {
        var queue = RequestQueue()
        for id in 1...3 { _ = queue.add(waiter(id)) }
        #expect(queue.order.map(\.id) == [1, 2, 3])
    }

    @Test func whoIsLookedAtComesFirst() {
        var queue = RequestQueue()
        let lanes: [RequestLane] = [.background, .subagent, .main, .fim]
        for (id, lane) in lanes.enumerated() { _ = queue.add(waiter(id, nil, lane)) }
        #expect(queue.order.map(\.id) == [2, 3, 1, 0])
    }

    @Test func sessionsTakeTurns() {
        var queue = RequestQueue()
        for id in 1...3 { _ = queue.add(waiter(id, "a")) }
        _ = queue.add(waiter(4, "b"))
        queue.serve(1)
        #expect(queue.order.map(\.id) == [4, 2, 3])
        queue.serve(4)
        #expect(queue.order.map(\.id) == [2, 3])
    }

    @Test(arguments: [RequestLane.background, .subagent]) func noLaneIsForgotten(lane: RequestLane) {
        var queue = RequestQueue()
        _ = queue.add(waiter(0, nil, lane))
        var served: [Int] = []
        for id in 1...20 {
            _ = queue.add(waiter(id))
            guard let next = queue.order.first else { break }
            queue.serve(next.id)
            served.append(next.id)
        }
        #expect(served.firstIndex(of: 0) == 8)
    }

    @Test func itIsBounded() {
        var queue = RequestQueue(limit: 2)
        let taken = [1, 2, 3].map { queue.add(waiter($0)) }
        #expect(taken == [true, true, false])
        queue.remove(1)
        let isTaken = queue.add(waiter(3))
        #expect(isTaken)
        #expect(queue.order.map(\.id) == [2, 3])
    }
}
