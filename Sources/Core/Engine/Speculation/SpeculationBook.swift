#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

import Synchronization

/// Keeps what was measured of speculation in a file, for the models whose entry has a governor. What is lost of it can be
/// measured again: nothing here fails.
public final class SpeculationBook: Sendable {
    private typealias Records = [String: SpeculationRecord]

    private struct State {
        /// By the identity of a model, then by the key of a set-up.
        var models: [String: Records] = [:]
        /// What was measured since the file was written.
        var changed: [String: Set<String>] = [:]
        /// What runs or will, by the name of its model.
        var running: [String: Run] = [:]
        var savedAt = 0.0
    }

    private struct Run {
        let identity: String
        let candidates: [ModelEntry.Speculation]
    }

    private let path: String
    private let state = Mutex(State())
    private let files = BlockingWork(label: "localcode.speculation")
    private let wall: @Sendable () -> Double

    /// Models that are remembered, and seconds between two writings.
    private static let modelLimit = 100
    private static let pause = 60.0
    private static let sizeLimit = 4 << 20

    /// - Parameters:
    ///   - path: of the file, which need not be there. Its directory must be.
    ///   - now: seconds since 1970.
    public init(path: String, now: @escaping @Sendable () -> Double = SystemTime.wall) {
        self.path = path
        wall = now
        state.withLock {
            $0.models = Self.read(path)
            $0.savedAt = SystemTime.monotonic()
        }
    }

    /// What to start a model with: what its entry says, unless it has a governor. Reads of the model's file; blocks.
    /// - Parameter offered: the kinds of speculation that the engine has.
    public func choose(for entry: ModelEntry, offered: [String]) -> ModelEntry.Speculation {
        guard entry.hasGovernor, entry.mode == .chat else { return entry.speculation }
        let run = Run(
            identity: Self.identity(entry), candidates: SpeculationGovernor.candidates(for: entry, offered: offered))
        return state.withLock { state in
            state.running[entry.name] = run
            return SpeculationGovernor.choose(run.candidates, state.models[run.identity] ?? [:])
        }
    }

    /// Takes what an answer cost of a model whose engine was started with what `choose` said.
    /// - Parameters:
    ///   - setup: what it was started with.
    ///   - isAlone: whether the engine wrote nothing else meanwhile: two share its speed, which then says nothing.
    public func record(
        _ model: String, _ setup: ModelEntry.Speculation, _ usage: Usage, isAfterRestore: Bool = false,
        isAlone: Bool = true
    ) -> SpeculationGovernor.Verdict {
        guard isAlone else { return .keep }
        let (verdict, isDue) = state.withLock { state -> (SpeculationGovernor.Verdict, Bool) in
            guard let run = state.running[model] else { return (.keep, false) }
            let added = state.models[run.identity, default: [:]][setup.key, default: SpeculationRecord()].add(
                usage, isAfterRestore: isAfterRestore, now: wall())
            guard added else { return (.keep, false) }
            state.changed[run.identity, default: []].insert(setup.key)
            let isDue = SystemTime.monotonic() - state.savedAt > Self.pause
            if isDue { state.savedAt = SystemTime.monotonic() }
            return (
                SpeculationGovernor.verdict(setup, run.candidates, state.models[run.identity] ?? [:]), isDue
            )
        }
        if isDue { files.post { self.write() } }
        return verdict
    }

    /// Writes what is not yet in the file.
    public func save() async { await files.run { self.write() } }

    /// What is known of a model, by the key of a set-up; for those that `choose` was asked about.
    public func records(of model: String) -> [String: SpeculationRecord] {
        state.withLock { state in state.running[model].flatMap { state.models[$0.identity] } ?? [:] }
    }

    // MARK: The file

    /// Another process may have written since: its measurements stay, but for the set-ups that were measured here.
    private func write() {
        let (ours, changed) = state.withLock { state in
            defer { state.changed = [:] }
            return (state.models, state.changed)
        }
        guard !changed.isEmpty else { return }
        var models = Self.read(path)
        for (identity, keys) in changed {
            for key in keys { models[identity, default: [:]][key] = ours[identity]?[key] }
        }
        func age(_ records: Records) -> Double { records.values.map(\.updated).max() ?? 0 }
        let kept = models.sorted { age($0.value) > age($1.value) }.prefix(Self.modelLimit)
        try? Self.replace(path, with: Self.json(kept).bytes)
    }

    private static func replace(_ path: String, with bytes: [UInt8]) throws(StateStoreError) {
        let temporary = "\(path).\(getpid()).tmp"
        Files.remove(temporary)
        do throws(StateStoreError) {
            let file = try OpenFile(temporary, O_WRONLY | O_CREAT | O_EXCL)
            try file.write(bytes, at: 0)
            try file.synchronize()
            try Files.rename(temporary, to: path)
        } catch {
            Files.remove(temporary)
            throw error
        }
    }

    private static func read(_ path: String) -> [String: Records] {
        guard let file = try? OpenFile(path, O_RDONLY), let status = try? file.status(), status.isRegular,
            status.size <= sizeLimit, let bytes = try? file.bytes(at: 0, count: status.size),
            let models = (try? JSONValue(parsing: bytes))?["models"]?.object
        else { return [:] }
        var result: [String: Records] = [:]
        for (identity, setups) in models {
            for (key, record) in setups.object ?? [:] {
                result[identity, default: [:]][key] = SpeculationRecord(json: record)
            }
        }
        return result
    }

    private static func json(_ models: some Sequence<(key: String, value: Records)>) -> JSONValue {
        var object = JSONObject()
        for (identity, records) in models {
            var setups = JSONObject()
            for (key, record) in records.sorted(by: { $0.key < $1.key }) { setups[key] = record.json }
            object[identity] = .object(setups)
        }
        return ["version": 1, "models": .object(object)]
    }

    // MARK: Which model

    /// A digest of the weights and of what else its speed depends on.
    private static func identity(_ entry: ModelEntry) -> String {
        let source =
            switch entry.source {
            case .file(let path): (try? GGUFIdentity.digest(path: path))?.hex ?? path
            case .huggingFace(let name): name
            }
        func text(_ value: (some CustomStringConvertible)?) -> String { value?.description ?? "" }
        let parts = [
            source, text(entry.context), text(entry.slots), text(entry.keyType), text(entry.valueType),
            text(entry.flashAttention?.rawValue), text(entry.gpuLayers), text(entry.threads), text(entry.batchThreads),
            text(entry.batch), text(entry.microBatch), entry.extraArguments.joined(separator: "\u{1}"),
        ]
        let hash = SHA256()
        hash.update(parts.joined(separator: "\n").utf8)
        return hash.finish().hex
    }
}
