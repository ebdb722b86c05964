/// What became of conversations that lost their slots, as the store notes it.
struct SimulatedDepartures {
    private(set) var rates = ReturnRates()
    /// Those that did not come back yet, by their first node behind the base, with the node that a request has which goes on
    /// with them.
    private var departed: [Int: (node: Int, origin: StateOrigin)] = [:]

    /// - Parameter chain: of the conversation's last request.
    mutating func leave(_ chain: ArraySlice<Int>, _ origin: StateOrigin) {
        guard let conversation = chain.dropFirst().first ?? chain.first, let last = chain.last else { return }
        rates.leave(origin)
        departed[conversation] = (last, origin)
    }

    /// - Parameter chain: of a request.
    mutating func comeBack(_ chain: [Int]) {
        guard let conversation = chain.dropFirst().first ?? chain.first, let known = departed[conversation],
            chain.contains(known.node)
        else { return }
        departed[conversation] = nil
        rates.comeBack(known.origin)
    }
}
