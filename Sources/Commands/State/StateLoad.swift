import LocalCodeCore

/// The work of `state load`.
struct StateLoad {
    let invocation: Invocation
    private var context: Context { invocation.context }

    func run() async throws {
        let word = invocation.operands.first ?? ""
        let slot = invocation.integer("slot")
        let service = try await StateService.find(invocation)
        let (name, answer) = try await service.closing {
            let engine = try await service.slots()["engine"] ?? .null
            let name = try StateName.isPath(word) ? importing(word, for: engine) : stored(word, for: engine)
            return (name, try await service.load(name, slot))
        }
        if invocation.isOn("json") {
            var json = answer
            json["name"] = .string(name)
            return try context.output.write(PrettyJSON.text(json))
        }
        let (tokens, place) = (answer["tokens"]?.int ?? 0, answer["slot"]?.int ?? 0)
        let time = HumanText.seconds((answer["ms"]?.double ?? 0) / 1000)
        try context.error.write(
            "localcode: loaded '\(name)' into slot \(place): \(HumanText.count(tokens, "token")) in \(time)\n")
    }

    /// A state of the store: refused here when only other engines have one of this name, because here the files can be
    /// looked into.
    private func stored(_ word: String, for engine: JSONValue) throws -> String {
        let name = try StateName.checked(word)
        let store = try CacheStore.openIfThere(invocation)
        let entries = try CacheStore.reporting { try store?.entries() ?? [] }
        let found = entries.filter { $0.kind == .named && $0.name == name }
        if found.isEmpty, Directories.isFile(CacheStore.absolute(word, context)) {
            throw Failure("there is no state '\(name)'", hint: "for the file of this name, write ./\(name)")
        }
        // One that is not here may be where `serve` looks; it then says what is wrong.
        guard let other = found.first, let digest = engine["fingerprint"]?.string,
            !found.contains(where: { $0.fingerprint.hex == digest })
        else { return name }
        let trailer = try? StateFile(path: other.path).trailer
        throw EngineMismatch(state: other.fingerprint, trailer?.state.fingerprint, engine: engine).failure(name)
    }

    /// A file from somewhere: it goes into the store under its own name.
    private func importing(_ path: String, for engine: JSONValue) throws -> String {
        let file = try CacheStore.reporting { try StateFile(path: CacheStore.absolute(path, context)) }
        guard let trailer = file.trailer else {
            throw Failure(
                "\(path) does not say what it is: it was written by llama-server alone",
                hint: "'localcode state save NAME --output FILE' writes a file that can be moved")
        }
        let state = trailer.state.fingerprint
        if let digest = engine["fingerprint"]?.string, digest != state.digest.hex {
            throw EngineMismatch(state: state.digest, state, engine: engine).failure(path)
        }
        let name = trailer.state.name ?? Self.stem(path)
        let store = try CacheStore.open(invocation)
        return try CacheStore.reporting {
            // One that has a name keeps it; another one, a conversation's, gets that of its file.
            try store.importState(from: file.path, name: trailer.state.kind == .named ? nil : name).name ?? name
        }
    }

    /// `review` of `/tmp/review.kv`.
    private static func stem(_ path: String) -> String {
        let file = path.split(separator: "/").last ?? ""
        let stem = file.lastIndex(of: ".").map { file[..<$0] } ?? file
        return String(stem.isEmpty ? file : stem)
    }
}

/// A state that belongs to another engine.
struct EngineMismatch {
    let state: Digest
    let differences: [Fingerprint.Difference]?
    let engine: String

    /// - Parameters:
    ///   - components: the state's fingerprint; nil where it cannot be read.
    ///   - engine: `{"fingerprint","components"}`.
    init(state: Digest, _ components: Fingerprint?, engine: JSONValue) {
        self.state = state
        self.engine = engine["fingerprint"]?.string ?? ""
        let ours = engine["components"].flatMap(Fingerprint.init(json:))
        differences = components.flatMap { theirs in ours.map { $0.differences(from: theirs) } }
    }

    func failure(_ name: String) -> Failure {
        let list = (differences ?? []).map { difference in
            let (here, there) = (Self.short(difference.ours), Self.short(difference.theirs))
            return "\(difference.name) is \(here) here and \(there) in the state"
        }
        return Failure(
            "'\(TerminalText.neutralized(name))' belongs to another engine: its fingerprint is \(state.hex), that of this engine "
                + engine,
            hint: list.isEmpty ? nil : TerminalText.neutralized(list.joined(separator: "; ")))
    }

    private static func short(_ value: String?) -> String {
        guard let value else { return "not known" }
        return value.isEmpty ? "empty" : TextTable.cut(value, to: 60)
    }
}
