import LocalCodeCore

/// The engine and the model that a measurement starts: those that were named, or those of the set-up.
struct BenchEngine: Sendable, Equatable {
    var executable: String
    var model: String
    /// Tokens of all slots together.
    var contextSize: Int
    /// More arguments, for every engine of the run alike.
    var arguments: [String] = []
    /// How long the model may take to load.
    static let patience: UInt64 = 300_000_000_000

    static let options = [
        Option(
            "llama-server", value: "FILE", completion: .file, help: "llama-server to measure; the set-up's by default"),
        Option("engine-model", value: "FILE", completion: .file, help: "GGUF file to measure; the set-up's by default"),
        Option(
            "engine-option", value: "TEXT", repeats: true,
            help: "another option for each llama-server, such as --engine-option=--swa-full"),
        Option("localcode", value: "FILE", completion: .file, help: "LocalCode to measure; this one by default"),
    ]

    init(_ invocation: Invocation, contextSize: Int) throws {
        let context = invocation.context
        let data = Directories(environment: context.environment).data
        let named = invocation["llama-server"]
        guard let executable = findProgram(named ?? data + "/engine/llama-server", environment: context.environment)
        else {
            throw Failure(
                named.map { "there is no program \($0)" } ?? "there is no engine in \(data)",
                hint: NextStep.engine)
        }
        let model = invocation["engine-model"] ?? data + "/models/default.gguf"
        let path = model.hasPrefix("/") ? model : context.workingDirectory + "/" + model
        guard Directories.isFile(path) else {
            throw Failure("there is no model \(model)", hint: "run the set-up, or name a GGUF file with --engine-model")
        }
        self.executable = executable.hasPrefix("/") ? executable : context.workingDirectory + "/" + executable
        self.model = Directories.resolved(path)
        self.contextSize = contextSize
        arguments = invocation.all("engine-option")
    }

    /// How its states are kept.
    enum Role: Sendable, Equatable {
        /// As llama-server comes: it keeps conversations that gave way in memory, 8 GiB of them.
        case bare
        /// Behind LocalCode, which saves states to this directory.
        case behindLocalCode(slots: String)
        /// Behind another program that does the same.
        case behindOther(slots: String)
    }

    func program(_ name: String, _ role: Role, port: UInt16, directory: String, environment: [String: String])
        -> BenchProgram
    {
        BenchProgram(
            name: name, executable: executable, arguments: arguments(role, port: port),
            environment: environment, directory: directory, readiness: .health(port))
    }

    func arguments(_ role: Role, port: UInt16) -> [String] {
        let name = model.split(separator: "/").last.map(String.init) ?? model
        let template = model.hasSuffix(".gguf") ? model.dropLast(5) + ".jinja" : ""
        var all = [
            "--model", model, "--alias", name, "--host", "127.0.0.1", "--port", "\(port)", "--ctx-size",
            "\(contextSize)",
            "--parallel", "2", "--kv-unified", "--jinja",
        ]
        if Directories.isFile(template) { all += ["--chat-template-file", template] }
        switch role {
        case .bare: break
        case .behindLocalCode(let slots):
            all += ["--no-cache-idle-slots", "--cache-ram", "0", "--ctx-checkpoints", "8", "--slot-save-path", slots]
        case .behindOther(let slots): all += ["--slot-save-path", slots]
        }
        return all + arguments
    }

    /// What the report says of it.
    var notes: [String] {
        let name = model.split(separator: "/").last.map(String.init) ?? model
        let more = arguments.isEmpty ? "" : ", " + arguments.joined(separator: " ")
        return ["\(name), \(grouped(contextSize)) tokens for 2 slots\(more)"]
    }
}
