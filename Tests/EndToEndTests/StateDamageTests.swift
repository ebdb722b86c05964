import LocalCodeCore
import Support
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What can happen to files: never a crash, never a wrong answer, never a request that fails, and a line in the log.
@Suite(.serialized, .timeLimit(.minutes(4))) struct StateDamageTests {
    /// What was done to a state's file.
    enum Damage: String, CaseIterable, Sendable {
        case truncated, bitFlipped, headerFlipped, trailerFlipped, trailerLost, foreign, empty, missing

        func apply(to path: String, foreign other: [UInt8]) throws {
            let bytes = try TestFiles.bytes(of: path)
            switch self {
            case .truncated: try TestFiles.write(Array(bytes.prefix(bytes.count / 2)), to: path)
            case .bitFlipped: try TestFiles.flipBit(at: bytes.count / 2, of: path)
            case .headerFlipped: try TestFiles.flipBit(at: 40, of: path)
            case .trailerFlipped: try TestFiles.flipBit(at: bytes.count - 60, of: path)
            case .trailerLost: try TestFiles.write(Array(bytes.dropLast(40)), to: path)
            case .foreign: try TestFiles.write(other, to: path)
            case .empty: try TestFiles.write([], to: path)
            case .missing: try TestFiles.remove(path)
            }
        }
    }

    private func conversation(_ seed: UInt64) -> Conversation { Conversation(system: Prose.system(seed: seed)) }

    /// What a fresh engine without a cache says to all but what was said last.
    private func expectRight(
        _ reply: Reply, _ talk: Conversation, model: TinyModel = .tiny, at: SourceLocation = #_sourceLocation
    ) async throws {
        let bare = try await TestEngine.start(StateRig.engineFlags(slots: 1), model: model)
        #expect(reply.text == (try await talk.dropLast().send(bare.url)).text, sourceLocation: at)
    }

    /// A whole state of another model with the same shapes, as LocalCode keeps it.
    private func foreignState() async throws -> [UInt8] {
        let rig = try await StateRig.start(.twin)
        var talk = conversation(1)
        try await talk.ask("hello", rig.url)
        try await rig.settle()
        return try TestFiles.bytes(of: try #require(rig.states.first))
    }

    @Test(arguments: Damage.allCases, [true, false])
    func aDamagedFileIsNotUsed(damage: Damage, isServing: Bool) async throws {
        let rig = try await StateRig.start()
        var talk = conversation(1)
        try await talk.ask("hello", rig.url)
        try await rig.settle()
        let file = try #require(rig.states.first)
        #expect(rig.states.count == 1)
        let foreign = damage == .foreign ? try await foreignState() : []
        if !isServing { await rig.proxy.kill() }
        try damage.apply(to: file, foreign: foreign)
        try await rig.restartEngine()
        if !isServing { try await rig.restartProxy() }
        let reply = try await talk.ask("and then?", rig.url)
        #expect(reply.receipt?.source == "cold")
        #expect(reply.cachedTokens == 0)
        try await expectRight(reply, talk)
        // And life goes on.
        try await rig.settle()
        try await rig.restartEngine()
        #expect(try await talk.ask("so?", rig.url).receipt?.source == "restored")
        // Where nothing is left, there is nothing to tell at the start.
        await rig.proxy.terminate()
        if isServing || damage != .missing {
            let name = file.split(separator: "/").last.map(String.init) ?? file
            #expect(rig.proxy.lines.contains { $0.contains("quarantined") || $0.contains(name) }, "\(rig.proxy.lines)")
        }
    }

    /// What LocalCode cannot see, the engine checks: with what a failed restore costs.
    @Test(arguments: [Damage.truncated, .empty, .missing])
    func aDamagedFileInARingIsNotUsed(damage: Damage) async throws {
        let rig = try await StateRig.start(seesFiles: false)
        var talk = conversation(1)
        try await talk.ask("hello", rig.url)
        try await rig.settle()
        try await rig.restartEngine()
        for file in TestFiles.below(rig.directory.path) { try damage.apply(to: file, foreign: []) }
        let reply = try await talk.ask("and then?", rig.url)
        #expect(reply.receipt?.source == "cold")
        #expect(reply.cachedTokens == 0)
        try await expectRight(reply, talk)
        #expect(await rig.proxy.line(containing: "quarantined") != nil)
    }

    // MARK: A disk that is full

    /// One that has no room for a state, and one that has room for one.
    @Test(.enabled(if: SmallDisk.isPermitted, "mounting a file system needs root and Linux"), arguments: [200, 1000])
    func aFullDiskOfTheEngineCostsTheSave(kibibytes: Int) async throws {
        let disk = try SmallDisk(kibibytes: kibibytes)
        let engine = try await TestEngine.start(
            StateRig.engineFlags(slots: 1) + ["--slot-save-path", disk.path], model: .tiny)
        let proxy = try await LocalCodeProcess.serve(StateRig.serveOptions(engine.url, disk.path, "test"))
        var talks = [conversation(1), conversation(2)]
        for turn in 0..<3 {
            for index in talks.indices {
                let reply = try await talks[index].ask("turn \(turn)", proxy.url)
                try await expectRight(reply, talks[index])
            }
        }
        #expect(await proxy.terminate() == .exited(0))
        let said = proxy.lines.contains { $0.contains("cannot save") }
        #expect(said == (kibibytes == 200), "\(proxy.lines)")
    }

    @Test(.enabled(if: SmallDisk.isPermitted, "mounting a file system needs root and Linux"), arguments: [300, 2000])
    func aFullDiskOfTheStoreCostsTheSave(kibibytes: Int) async throws {
        let disk = try SmallDisk(kibibytes: kibibytes)
        let rig = try await StateRig.start(serve: ["--cache-dir", disk.path])
        var talks = [conversation(1), conversation(2), conversation(3), conversation(4)]
        for turn in 0..<2 {
            for index in talks.indices {
                let reply = try await talks[index].ask("turn \(turn)", rig.url)
                try await expectRight(reply, talks[index])
            }
        }
        #expect(await rig.proxy.terminate() == .exited(0))
    }

    @Test func theFloorOfTheDiskIsKept() async throws {
        let rig = try await StateRig.start(serve: ["--cache-min-free", "100000TiB"])
        var (talk, other) = (conversation(1), conversation(2))
        try await talk.ask("hello", rig.url)
        try await other.ask("good day", rig.url)
        let reply = try await talk.ask("and then?", rig.url)
        #expect(reply.receipt?.source == "cold")
        try await expectRight(reply, talk)
        await rig.proxy.terminate()
        #expect(rig.states.isEmpty)
        #expect(rig.proxy.lines.contains { $0.contains("must stay free") }, "\(rig.proxy.lines)")
    }

    // MARK: The index

    @Test(arguments: ["deleted", "deleted with its log", "overwritten", "cut"], [true, false])
    func theIndexIsMadeAnew(what: String, isServing: Bool) async throws {
        let rig = try await StateRig.start()
        var talk = conversation(1)
        let first = try await talk.ask("hello", rig.url)
        try await rig.settle()
        if !isServing { await rig.proxy.terminate() }
        let files = TestFiles.below(rig.cache).filter { $0.contains(".sqlite") }
        #expect(files.contains(rig.index))
        switch what {
        case "deleted": try TestFiles.remove(rig.index)
        case "deleted with its log": for file in files { try TestFiles.remove(file) }
        // SQLite maps its -shm file: a process dies of one that gets shorter.
        case "overwritten": for file in files { try TestFiles.fill(file, with: 0x55) }
        default: try TestFiles.write(Array(try TestFiles.bytes(of: rig.index).prefix(5000)), to: rig.index)
        }
        try await rig.restartEngine()
        if !isServing { try await rig.restartProxy() }
        let second = try await talk.ask("and then?", rig.url)
        // The files say themselves what they are.
        #expect(second.receipt?.source == "restored", "\(rig.proxy.lines)")
        #expect(second.cachedTokens >= first.promptTokens + first.answerTokens - 64)
        try await expectRight(second, talk)
    }

    /// Somebody holds the index: requests go on, what cannot be looked up is read.
    @Test func aLockedIndexStopsNobody() async throws {
        let rig = try await StateRig.start()
        var talk = conversation(1)
        try await talk.ask("hello", rig.url)
        try await rig.settle()
        let program = """
            import sqlite3, sys
            index = sqlite3.connect(sys.argv[1], isolation_level=None)
            index.execute('BEGIN EXCLUSIVE')
            print('locked', file=sys.stderr, flush=True)
            sys.stdin.read()
            """
        let python = try TestPlaces.python()
        // Its standard input comes from a process that ends with the test.
        let locker = try ChildProcess(
            "/bin/sh", ["-c", #"sleep 600 | "$0" -c "$1" "$2""#, python, program, rig.index],
            environment: ["PATH": "/usr/bin:/bin"])
        #expect(await locker.firstErrorLine { $0 == "locked" ? true : nil } == true)
        try await rig.restartEngine()
        var other = conversation(2)
        let reply = try await other.ask("good day", rig.url)
        try await expectRight(reply, other)
        let again = try await talk.ask("and then?", rig.url)
        try await expectRight(again, talk)
        #expect(await rig.proxy.line(containing: "cannot save") != nil)
        kill(-locker.pid, SIGKILL)
        _ = await locker.waitForExit()
        let last = try await other.ask("so?", rig.url)
        try await expectRight(last, other)
        try await rig.settle()
        try await rig.restartEngine()
        #expect(try await other.ask("thank you", rig.url).receipt?.source == "restored")
    }

    // MARK: Saving that is interrupted

    /// LocalCode is killed before the engine is asked, when the engine has written, and at moments from then on, in which
    /// the file gets its trailer, its name and its row. Whatever is left behind: what is found again is right.
    @Test(arguments: [SaveRelay.Moment.asked, .answered, .told])
    func aSaveIsInterruptedByTheEndOfLocalCode(moment: SaveRelay.Moment) async throws {
        let directory = try TestDirectory()
        let engine = try await TestEngine.start(
            StateRig.engineFlags(slots: 1) + ["--slot-save-path", directory.path], model: .echo)
        let relay = try SaveRelay(to: engine.port)
        var proxy = try await LocalCodeProcess.serve(StateRig.serveOptions(relay.url, directory.path, "test"))
        var talk = Conversation(system: "A \(Prose.system(seed: 1))", tokens: 8)
        try await talk.ask("A", proxy.url)
        // Up to 6 ms: a save of this size is over by then.
        let pauses: [UInt32] = moment == .told ? [0, 100, 200, 400, 700, 1000, 1500, 2200, 3000, 4500, 6000] : [0, 0]
        for (round, pause) in pauses.enumerated() {
            let process = proxy.process
            relay.onSave {
                guard $0 == moment else { return }
                if pause > 0 { usleep(pause) }
                process.send(SIGKILL)
            }
            var other = Conversation(system: "B \(Prose.system(seed: UInt64(round + 2)))", tokens: 8)
            _ = try? await other.ask("B", proxy.url)
            #expect(await process.waitForExit() == .signaled(SIGKILL))
            relay.onSave(nil)
            proxy = try await proxy.restart()
            let reply = try await talk.ask("A \(round)", proxy.url)
            #expect(reply.text == "AAAAAAAA")
            let check = try await LocalCodeProcess.run(["cache", "verify"], home: proxy.home)
            #expect(check.status == .exited(0), "\(check.output)\(check.errors)")
        }
        #expect(await proxy.terminate() == .exited(0))
        // Nothing half-done lies about.
        let files = TestFiles.below(directory.path) + TestFiles.below("\(proxy.home.directory.path)/cache")
        let strange = files.filter { !$0.hasSuffix(".kv") && !$0.contains("index") }
        #expect(strange.isEmpty, "\(strange)")
    }

    /// The engine is killed while it writes: a part of the file is there.
    @Test(arguments: [SaveRelay.Moment.asked, .answered])
    func aSaveIsInterruptedByTheEndOfTheEngine(moment: SaveRelay.Moment) async throws {
        let directory = try TestDirectory()
        let engine = try await TestEngine.start(
            StateRig.engineFlags(slots: 1) + ["--slot-save-path", directory.path], model: .echo)
        let relay = try SaveRelay(to: engine.port)
        let options = StateRig.serveOptions(relay.url, directory.path, "test") + ["--save-idle", "1h"]
        let proxy = try await LocalCodeProcess.serve(options)
        var (talk, other) = (
            Conversation(system: "A \(Prose.system(seed: 1))"), Conversation(system: "B \(Prose.system(seed: 2))")
        )
        try await talk.ask("A", proxy.url)
        let process = engine.process
        let path = directory.path
        relay.onSave {
            guard $0 == moment else { return }
            process.send(SIGKILL)
            for file in TestFiles.below(path) { truncate(file, 10_000) }
        }
        _ = try? await other.ask("B", proxy.url)
        #expect(await process.waitForExit() == .signaled(SIGKILL))
        relay.onSave(nil)
        let again = try await engine.restart()
        defer { withExtendedLifetime(again) {} }
        #expect(try await talk.ask("A", proxy.url).text.allSatisfy { $0 == "A" })
        #expect(try await other.ask("B", proxy.url).text.allSatisfy { $0 == "B" })
        #expect(await proxy.terminate() == .exited(0))
        #expect(proxy.lines.contains { $0.contains("cannot save") }, "\(proxy.lines)")
    }
}
