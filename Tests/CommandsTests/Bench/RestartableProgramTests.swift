import LocalCodeCore
import Testing

@testable import Commands

@Suite("Bench: programs that start again")
struct RestartableProgramTests {
    private func program(_ script: String, in directory: String) -> BenchProgram {
        BenchProgram(
            name: "the server", executable: "/bin/sh", arguments: ["-c", script],
            environment: ["PATH": "/bin:/usr/bin"],
            directory: directory, readiness: .line("on "))
    }

    @Test("starts, stops, starts again, is killed, and is gone at the end")
    func restarts() async throws {
        try await withTemporaryDirectory([:]) { directory in
            let script = "echo run >> runs; echo on http://127.0.0.1:9; exec sleep 600"
            var processes: [Int32] = []
            let last = try await RestartableProgram.with(program(script, in: directory)) { program, endpoint in
                #expect(endpoint == Endpoint(port: 9))
                processes.append(try #require(await program.process))
                try await program.restart()
                processes.append(try #require(await program.process))
                try await program.kill()
                #expect(await program.process == nil)
                try await program.start()
                return try #require(await program.process)
            }
            processes.append(last)
            #expect(Set(processes).count == 3)
            for process in processes { #expect(readText("/proc/\(process)/stat") == nil) }
            #expect(readText(directory + "/runs") == "run\nrun\nrun\n")
        }
    }

    @Test("says why it does not start")
    func failure() async throws {
        try await withTemporaryDirectory([:]) { directory in
            let failing = program("echo no such model >&2; exit 1", in: directory)
            let error = await #expect(throws: Failure.self) {
                try await RestartableProgram.with(failing) { _, _ in }
            }
            #expect(error?.message.contains("no such model") == true)
        }
    }

    @Test("what the body throws comes out, and the program is gone")
    func throwing() async throws {
        try await withTemporaryDirectory([:]) { directory in
            let server = program("echo $$ > pid; echo on http://127.0.0.1:9; exec sleep 600", in: directory)
            await #expect(throws: UsageError.self) {
                try await RestartableProgram.with(server) { _, _ in throw UsageError("enough") }
            }
            let process = try #require(readText(directory + "/pid")?.split(separator: "\n").first)
            #expect(readText("/proc/\(process)/stat") == nil)
        }
    }

    #if os(Linux)
        @Test("what a child used counts as our own after its end")
        func usage() async throws {
            try await withTemporaryDirectory([:]) { directory in
                let before = ProcessUsage.endedChildren
                let script =
                    "i=0; while [ $i -lt 50000 ]; do i=$((i+1)); done; echo on http://127.0.0.1:9; exec sleep 600"
                try await RestartableProgram.with(program(script, in: directory)) { _, _ in }
                #expect(ProcessUsage.endedChildren > before)
                #expect(MachineLoad.nowWithChildren() != nil)
            }
        }
    #endif
}
