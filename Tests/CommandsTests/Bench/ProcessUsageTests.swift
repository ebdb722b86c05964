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
