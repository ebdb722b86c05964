import LocalCodeCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The programs of one run: how the upstream and the proxies in front of it are started.
extension BenchProgram {
    /// The line by which `bench upstream` says where it listens.
    static let upstreamAnnouncement = "localcode: upstream on "
    /// The line by which `serve` says where it listens.
    static let serveAnnouncement = "localcode: listening on "

    static func upstream(executable: String, port: UInt16, directory: String, environment: [String: String]) -> Self {
        BenchProgram(
            name: "the upstream", executable: executable, arguments: ["bench", "upstream", "--port", "\(port)"],
            environment: environment, directory: directory, readiness: .line(upstreamAnnouncement))
    }

    /// LocalCode itself, as a user runs it, but without the user's own configuration.
    static func localCode(
        name: String, executable: String, upstream: Endpoint, logFormat: String, directory: String,
        environment: [String: String]
    ) -> Self {
        var variables = environment.filter { !$0.key.hasPrefix("LOCALCODE_") }
        variables["XDG_CONFIG_HOME"] = directory
        return BenchProgram(
            name: name, executable: executable,
            arguments: [
                "serve", "--host", "127.0.0.1", "--port", "0", "--engine", upstream.url, "--cache-dir",
                directory + "/cache", "--log-format", logFormat, "--log-content", "preview",
            ],
            environment: variables, directory: directory, readiness: .line(serveAnnouncement))
    }

    /// An engine with the flags that LocalCode gives it, but on a port.
    static func engine(_ name: String, _ plan: LaunchPlan, directory: String, environment: [String: String]) throws
        -> Self
    {
        let port = try LoopbackSocket.freePort()
        return BenchProgram(
            name: name, executable: plan.executable,
            arguments: plan.arguments(socket: "127.0.0.1") + ["--port", "\(port)"],
            environment: environment.merging(plan.environment) { $1 }, directory: directory, readiness: .health(port))
    }

    static func nginx(
        executable: String, port: UInt16, upstream: Endpoint, directory: String, environment: [String: String]
    ) throws -> Self {
        let text = nginxConfiguration(port: port, upstream: upstream, directory: directory, isRoot: geteuid() == 0)
        try writeText(text, to: directory + "/nginx.conf")
        return BenchProgram(
            name: "nginx", executable: executable,
            arguments: ["-p", directory, "-c", directory + "/nginx.conf", "-e", directory + "/error.log"],
            environment: environment, directory: directory, readiness: .port(port))
    }

    /// One worker, no buffering of answers, kept-alive connections on both sides; request bodies as nginx does it by default.
    /// A worker that root starts must stay root to reach the temporary directory.
    static func nginxConfiguration(port: UInt16, upstream: Endpoint, directory: String, isRoot: Bool) -> String {
        """
        daemon off;
        \(isRoot ? "user root;\n" : "")worker_processes 1;
        pid \(directory)/nginx.pid;
        error_log \(directory)/error.log warn;
        events { worker_connections 4096; }
        http {
            access_log off;
            sendfile on;
            tcp_nopush on;
            client_max_body_size 64m;
            client_body_buffer_size 2m;
            client_body_temp_path \(directory)/body;
            proxy_temp_path \(directory)/proxy;
            fastcgi_temp_path \(directory)/fastcgi;
            uwsgi_temp_path \(directory)/uwsgi;
            scgi_temp_path \(directory)/scgi;
            keepalive_requests 100000000;
            upstream engine {
                server \(upstream.address):\(upstream.port);
                keepalive 64;
                keepalive_requests 100000000;
            }
            server {
                listen 127.0.0.1:\(port);
                location / {
                    proxy_pass http://engine;
                    proxy_http_version 1.1;
                    proxy_set_header Connection "";
                    proxy_buffering off;
                }
            }
        }

        """
    }
}

/// The file of a program: an absolute or relative path, or a name to look for in PATH.
func findProgram(_ name: String, environment: [String: String]) -> String? {
    if name.contains("/") { return access(name, X_OK) == 0 ? name : nil }
    // Service programs live in sbin, which an ordinary user's PATH leaves out.
    let path = (environment["PATH"] ?? "") + ":/usr/sbin:/usr/local/sbin:/opt/homebrew/bin"
    return path.split(separator: ":").map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
}

/// The running program's own file.
func ownProgram() -> String? {
    var buffer = [CChar](repeating: 0, count: 4_096)
    #if os(Linux)
        let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        guard count > 0 else { return nil }
    #else
        var size = UInt32(buffer.count)
        guard _NSGetExecutablePath(&buffer, &size) == 0 else { return nil }
    #endif
    return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

func makeDirectory(_ path: String) throws(Failure) {
    guard mkdir(path, 0o700) == 0 else { throw Failure("cannot make \(path): \(lastSystemError())") }
}

private func writeText(_ text: String, to path: String) throws(Failure) {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw Failure("cannot write \(path): \(lastSystemError())") }
    defer { close(file) }
    var text = text
    let written = text.withUTF8 { write(file, $0.baseAddress, $0.count) == $0.count }
    guard written else { throw Failure("cannot write \(path): \(lastSystemError())") }
}
