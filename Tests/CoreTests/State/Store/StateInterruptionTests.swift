import Support
import Testing

@testable import LocalCodeCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A process that ends at each step of a save, killed so that nothing of its own can tidy up.
@Suite struct StateInterruptionTests {
    private static func dieAt(_ step: SaveStep) throws {
        let store = try SharedPlace.ofParent(step.rawValue).open { reached in
            if reached == step { kill(getpid(), SIGKILL) }
        }
        try store.exchange().save(Talk("a", "b"), StateBytes(tokens: 200, parts: [.attention(cells: 200)]))
    }

    @Test func atEachStep() async throws {
        for step in SaveStep.allCases {
            let shared = try SharedPlace(step.rawValue)
            let place = shared.place
            // An older state of the same key is there, and another one.
            let (older, other) = try {
                let exchange = try place.open().exchange()
                return (try exchange.save(Talk("a", "b")), try exchange.save(Talk("a")))
            }()
            switch step {
            case .checked: await #expect(processExitsWith: .signal(SIGKILL)) { try Self.dieAt(.checked) }
            case .described: await #expect(processExitsWith: .signal(SIGKILL)) { try Self.dieAt(.described) }
            case .synchronized: await #expect(processExitsWith: .signal(SIGKILL)) { try Self.dieAt(.synchronized) }
            case .named: await #expect(processExitsWith: .signal(SIGKILL)) { try Self.dieAt(.named) }
            case .indexed: await #expect(processExitsWith: .signal(SIGKILL)) { try Self.dieAt(.indexed) }
            }
            #expect(TestFiles.below("\(place.states)/.exchange").contains { $0.hasSuffix(".kv") } == (step < .named))
            let store = try place.open()
            #expect(TestFiles.below("\(place.states)/.exchange").isEmpty)
            #expect(place.warnings.isEmpty)
            let entries = try store.entries()
            #expect(Set(entries.map(\.id)) == [older.id, other.id])
            let now = try #require(try store.entry(older.id))
            #expect(now.tokens == (step < .named ? 100 : 200), "\(step)")
            let exchange = try store.exchange()
            for entry in entries { #expect(try exchange.restore(entry).count == entry.fileBytes) }
            try exchange.save(Talk("a", "b"))
            #expect(try store.entries().count == 2)
        }
    }

    /// An engine that writes when everything ends.
    @Test func whileTheEngineWrites() async throws {
        let shared = try SharedPlace("writing")
        let place = shared.place
        await #expect(processExitsWith: .signal(SIGKILL)) {
            let exchange = try SharedPlace.ofParent("writing").open().exchange()
            let ticket = try exchange.beginSave()
            try TestFiles.write(
                Array(StateBytes().bytes.prefix(1000)), to: "\(exchange.directory ?? "")/\(ticket.name)")
            kill(getpid(), SIGKILL)
        }
        #expect(TestFiles.below(place.states, suffix: ".kv").count == 1)
        #expect(try place.open().entries().isEmpty)
        #expect(TestFiles.below(place.states, suffix: ".kv").isEmpty)
    }

    /// As on a full disk, for those who may not mount a small one.
    @Test func aFileThatMayNotGrow() async throws {
        let shared = try SharedPlace("growing")
        let place = shared.place
        await #expect(processExitsWith: .success) {
            let store = try SharedPlace.ofParent("growing").open()
            let exchange = try store.exchange()
            try exchange.save(Talk("a"))
            let state = StateBytes(parts: [.unknown(400_000)])
            signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit()
            limit.rlim_cur = rlim_t(state.bytes.count + 100)
            limit.rlim_max = limit.rlim_cur
            #if canImport(Glibc)
                try #require(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
            #else
                try #require(setrlimit(RLIMIT_FSIZE, &limit) == 0)
            #endif
            let error = try #require(throws: StateStoreError.self) { try exchange.save(Talk("b"), state) }
            try #require(error.code == .diskFull)
            try #require(TestFiles.below(exchange.directory ?? "").isEmpty)
            try exchange.save(Talk("c"))
        }
        #expect(try place.open().entries().count == 2)
    }
}

extension SaveStep: Comparable {
    public static func < (left: SaveStep, right: SaveStep) -> Bool {
        let order = SaveStep.allCases
        return (order.firstIndex(of: left) ?? 0) < (order.firstIndex(of: right) ?? 0)
    }
}
