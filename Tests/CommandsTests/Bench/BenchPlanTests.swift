import Testing

@testable import Commands

@Suite("Bench: plan")
struct BenchPlanTests {
    @Test("reads sizes and numbers of streams")
    func lists() throws {
        #expect(try BenchPlan.sizes(from: "0.3,60,1000") == [300, 60_000, 1_000_000])
        #expect(try BenchPlan.streams(from: "1,16,64") == [1, 16, 64])
    }

    @Test("refuses what cannot be measured", arguments: ["", "x", "0.1", "1e9", "-1"])
    func refusals(text: String) {
        #expect(throws: UsageError.self) { try BenchPlan.sizes(from: text) }
        #expect(throws: UsageError.self) { try BenchPlan.streams(from: text) }
    }

    @Test("reads another target")
    func target() throws {
        let target = try BenchPlan.target(from: "caddy=http://localhost:4000/")
        #expect(target == BenchTarget(name: "caddy", endpoint: Endpoint(port: 4000)))
        for text in ["http://127.0.0.1:1", "a=https://127.0.0.1:1", "a=http://127.0.0.1", "a=http://example.com:80"] {
            #expect(throws: UsageError.self) { try BenchPlan.target(from: text) }
        }
    }

    @Test("even the shortest cell takes two turns")
    func rounds() {
        #expect(BenchPlan(duration: 200_000_000).rounds(of: BenchPlan.streamBlock) == 2)
        #expect(BenchPlan(duration: 4_000_000_000).rounds(of: BenchPlan.requestBlock) == 20)
    }

    @Test("nginx is configured as the comparison says")
    func nginx() {
        let text = BenchProgram.nginxConfiguration(
            port: 8081, upstream: Endpoint(port: 8082), directory: "/tmp/x", isRoot: false)
        for line in [
            "worker_processes 1;", "proxy_buffering off;", "proxy_http_version 1.1;", "keepalive 64;",
            "access_log off;",
            "client_max_body_size 64m;", "listen 127.0.0.1:8081;", "server 127.0.0.1:8082;",
            "proxy_set_header Connection \"\";",
        ] {
            #expect(text.contains(line))
        }
        #expect(!text.contains("user root"))
    }
}
