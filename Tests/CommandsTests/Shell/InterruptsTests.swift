import Testing

@testable import Commands

@Suite(.timeLimit(.minutes(1))) struct InterruptsTests {
    @Test func eachArrivalEndsOneWait() async {
        let arrivals = Arrivals()
        arrivals.add()
        arrivals.add()
        await arrivals.next()
        await arrivals.next()
        let waiting = Task { await arrivals.next() }
        arrivals.add()
        await waiting.value
    }

    @Test func aWaitThatIsCancelledTakesNothingFromTheNext() async {
        let arrivals = Arrivals()
        for _ in 0..<100 {
            let waiting = Task { await arrivals.next() }
            waiting.cancel()
            await waiting.value
        }
        let next = Task {
            await arrivals.next()
            return Task.isCancelled
        }
        arrivals.add()
        #expect(await next.value == false)
    }
}
