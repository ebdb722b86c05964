#if canImport(Glibc)
    import Glibc
#endif
import Testing

@testable import Commands

@Suite("Bench: process usage")
struct ProcessUsageTests {
    private let stat =
        "4242 (nginx: (a) b) S 4200 4242 4200 0 -1 4194560 151 0 0 0 120 34 0 0 20 0 1 0 123456 12345678 900 1844674407370955"

    @Test("reads /proc/PID/stat behind a name with parentheses")
    func readsStat() {
        #expect(ProcessUsage.parent(stat: stat) == 4200)
        #expect(ProcessUsage.state(stat: stat) == "S")
        #expect(ProcessUsage.cpuNanoseconds(stat: stat) == 1_540_000_000)
        #expect(ProcessUsage.cpuNanoseconds(stat: "4242 (cut off") == nil)
    }

    @Test("reads resident memory and run time")
    func readsOthers() {
        let status = "Name:\tnginx\nVmPeak:\t   99999 kB\nVmRSS:\t    5120 kB\nThreads:\t1\n"
        #expect(ProcessUsage.residentBytes(status: status) == 5_120 * 1_024)
        #expect(ProcessUsage.residentBytes(status: "Name:\tkthread\n") == nil)
        #expect(ProcessUsage.runTime(schedstat: "76875 51035 2\n") == 76_875)
    }

    #if os(Linux)
        @Test("knows this very process")
        func own() {
            let usage = ProcessUsage.total(of: [getpid()])
            #expect((usage?.cpuNanoseconds ?? 0) > 0)
            #expect((usage?.residentBytes ?? 0) > 1 << 20)
        }
    #endif
}

@Suite("Bench: machine load")
struct MachineLoadTests {
    @Test("what others used is what was busy and not our own")
    func share() throws {
        let start = try #require(
            MachineLoad(stat: "cpu  100 0 50 800 50 0 0 0 0 0\ncpu0 1 1 1 1\n", nanosecondsPerTick: 10, own: 1_000))
        let end = try #require(
            MachineLoad(stat: "cpu  300 10 130 1350 100 0 10 100 0 0\n", nanosecondsPerTick: 10, own: 3_000))
        // 1,000 ticks have passed: 300 of them busy, of which 200 our own, and 100 stolen.
        #expect(abs(end.lostShare(since: start) - 0.2) < 1e-9)
        #expect(end.lostShare(since: end) == 0)
    }

    @Test("another format is not guessed at", arguments: ["", "cpu 1 2 3", "intr 1 2 3 4 5 6 7 8 9"])
    func otherFormat(text: String) {
        #expect(MachineLoad(stat: text, nanosecondsPerTick: 1, own: 0) == nil)
    }

    @Test("the report says when it was disturbed")
    func note() {
        #expect(ProxyBench.disturbance(0.031) == "other programs used 3 % of the machine meanwhile")
        #expect(ProxyBench.disturbance(0.31).hasSuffix("31 % of the machine meanwhile: repeat this on a quiet machine"))
    }
}
