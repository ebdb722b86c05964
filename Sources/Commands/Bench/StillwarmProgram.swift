import Subprocess

#if canImport(System)
    import System
#else
    import SystemPackage
#endif

/// The Python package stillwarm (https://pypi.org/project/stillwarm/), to compare with. It is a library without a server, so
/// a small one around its `Session.ask` stands in for the program that would use it. Reading the server's answer and going
/// through the script cost it below a millisecond.
enum StillwarmProgram {
    /// Whether this Python has the package; its version.
    static func version(python: String) async -> String? {
        let result = try? await Subprocess.run(
            .path(FilePath(python)), arguments: ["-I", "-c", "import stillwarm; print(stillwarm.__version__)"],
            output: .string(limit: 1_024), error: .discarded)
        guard let result, result.terminationStatus.isSuccess else { return nil }
        return result.standardOutput.split(separator: "\n").first.map(String.init)
    }

    static func program(
        python: String, engine: Endpoint, model: String, contextSize: Int, slots: String, directory: String,
        environment: [String: String]
    ) throws -> BenchProgram {
        try FileText.write(script, to: directory + "/driver.py")
        return BenchProgram(
            name: "stillwarm", executable: python,
            arguments: ["-I", directory + "/driver.py", engine.url, model, "\(contextSize)", slots],
            environment: environment, directory: directory, readiness: .line(announcement))
    }

    static let announcement = "stillwarm on "

    /// Answers `{"session","prompt"}` with `{"first_ms","total_ms","evaluated","cached","restored","content"}`. The first
    /// token is the only one asked for; what `ask` does behind it, saving and its probe, is in `total_ms`.
    private static let script = """
        import json, sys, time
        from http.server import BaseHTTPRequestHandler, HTTPServer
        from stillwarm import LlamaServer, ServerProfile, Session

        url, model, context, slots = sys.argv[1:]
        first = None

        class Timed(LlamaServer):
            def completion(self, *arguments, **named):
                global first
                answer = super().completion(*arguments, **named)
                first = first or time.monotonic()
                return answer

        profile = ServerProfile(model_sha256=model, flash_attn="on", cache_type_k="f16", cache_type_v="f16",
                                swa_full=False, ctx_size=int(context))
        session = Session(Timed(url), profile, cache_dir=slots)

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *arguments):
                pass

            def do_POST(self):
                global first
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                first = None
                start = time.monotonic()
                answer = session.ask(body["session"], body["prompt"], n_predict=1)
                end = time.monotonic()
                reply = json.dumps({
                    "first_ms": (first - start) * 1000, "total_ms": (end - start) * 1000,
                    "evaluated": answer.timings.get("prompt_n"), "cached": answer.timings.get("cache_n"),
                    "restored": answer.restored, "content": answer.content}).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(reply)))
                self.end_headers()
                self.wfile.write(reply)

        server = HTTPServer(("127.0.0.1", 0), Handler)
        print(f"stillwarm on http://127.0.0.1:{server.server_port}", flush=True)
        server.serve_forever()

        """
}
