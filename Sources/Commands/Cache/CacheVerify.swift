import LocalCodeCore
import Synchronization

/// The work of `cache verify`.
struct CacheVerify {
    let invocation: Invocation
    private var context: Context { invocation.context }

    /// What became of one state.
    private struct Finding {
        enum Verdict: String {
            case whole, damaged, missing
            /// Only its engine sees the file.
            case unseen
        }
        var entry: StateEntry?
        var verdict = Verdict.whole
        var reason = ""

        var isBad: Bool { verdict == .damaged || verdict == .missing }
        var key: String { entry.map(EntryReport.key) ?? "-" }
    }

    /// How the store says at its opening that it has found a file that is not whole.
    private static let removal = "; it is removed"

    func run() throws {
        let warnings = Mutex<[String]>([])
        let error = context.error
        let store = try CacheStore.openIfThere(invocation) { line in
            if line.hasSuffix(Self.removal) {
                warnings.withLock { $0.append(String(line.dropLast(Self.removal.count))) }
            } else {
                try? error.write("localcode: note: \(line)\n")
            }
        }
        // What is shorter or longer than it was is found when the store is opened.
        var findings = warnings.withLock { $0 }.map { Finding(verdict: .damaged, reason: $0) }
        let entries = try CacheStore.reporting { try store?.entries() ?? [] }
        let chosen = try KeyPrefix.find(invocation.operands, in: entries)
        if let store { findings += try look(at: chosen, in: store) }
        try show(findings)
        let bad = findings.filter(\.isBad)
        guard bad.isEmpty else {
            let names = bad.prefix(8).map { $0.entry == nil ? $0.reason : "\($0.key) (\($0.reason))" }
            throw Failure(
                "\(HumanText.count(bad.count, "state")) of \(findings.count) \(bad.count == 1 ? "was" : "were") not whole and "
                    + "\(bad.count == 1 ? "is" : "are") removed: \(names.joined(separator: ", "))\(bad.count > 8 ? ", …" : "")"
            )
        }
    }

    private func look(at entries: [StateEntry], in store: StateStore) throws -> [Finding] {
        let progress = ProgressLine(context.error, steps: entries.count)
        defer { progress.end() }
        return try entries.compactMap { entry in
            progress.step(entry.title)
            guard !entry.isInRing else {
                return Finding(entry: entry, verdict: .unseen, reason: "only its engine sees the file")
            }
            do throws(StateStoreError) {
                // A conversation's earlier state goes when a later one takes its place.
                guard try store.verify(entry.id) else { return nil }
                return Finding(entry: entry)
            } catch {
                switch error.code {
                case .damaged: return Finding(entry: entry, verdict: .damaged, reason: error.reason)
                case .missing: return Finding(entry: entry, verdict: .missing, reason: error.reason)
                default: throw CacheStore.failure(error)
                }
            }
        }
    }

    private func show(_ findings: [Finding]) throws {
        if invocation.isOn("json") { return try context.output.write(PrettyJSON.text(.array(findings.map(Self.json)))) }
        guard !findings.isEmpty else { return try CacheStore.sayEmpty(invocation) }
        var table = TextTable([
            .init(title: "KEY"), .init(title: "FILE"), .init(title: "SIZE", isNumber: true),
            .init(title: "TITLE", least: 12, rank: 1), .init(title: "REASON", least: 20),
        ])
        for finding in findings {
            let quarantine = finding.entry?.quarantine.map { "quarantined: \($0)" } ?? ""
            table.add([
                finding.key, finding.verdict.rawValue, finding.entry.map(EntryReport.size) ?? "-",
                finding.entry?.title ?? "", finding.reason.isEmpty ? quarantine : finding.reason,
            ])
        }
        try context.output.write(table.text(on: context.output))
    }

    private static func json(_ finding: Finding) -> JSONValue {
        [
            "key": finding.entry.map { .string($0.key.hex) } ?? .null, "file": .string(finding.verdict.rawValue),
            "reason": finding.reason.isEmpty ? .null : .string(finding.reason),
            "path": finding.entry.map { .string($0.path) } ?? .null,
            "bytes": finding.entry.map { .number($0.fileBytes) } ?? .null,
            "quarantine": finding.entry?.quarantine.map { .string($0) } ?? .null,
        ]
    }
}
