#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Answers of an engine to requests that it answers the same way each time, kept on the disk and found by the request's exact
/// bytes.
///
/// A file an entry, named after its key; the time it was last used is the file's modification time. Several processes may use
/// one directory: a file is complete from the moment it has its name, and one that is damaged is not found and goes. All calls
/// block.
public final class AnswerCache: Sendable {
    /// The longest body of an answer that is kept.
    public static let longestBody = 8 << 20

    private let directory: String
    private let byteLimit: Int
    private let entryLimit: Int
    private let timeToLive: Double
    private let now: @Sendable () -> Double

    private static let suffix = ".answer"
    private static let temporarySuffix = ".tmp"
    /// A file that has been under way for so long, in seconds, is nobody's any more.
    private static let longestWrite = 600.0

    /// Opens a cache, or makes one in a directory that only its owner may enter.
    /// - Parameters:
    ///   - directory: holds nothing else. Files that are not the cache's stay.
    ///   - bytes: the most bytes on the disk; what was used longest ago goes first.
    ///   - entries: the most answers.
    ///   - timeToLive: seconds after which an answer is not given any more.
    ///   - now: seconds since 1970.
    /// - Throws: when the directory cannot be made.
    public init(
        directory: String, bytes: Int, entries: Int, timeToLive: Double, now: @escaping @Sendable () -> Double
    ) throws(StateStoreError) {
        self.directory = directory
        byteLimit = bytes
        entryLimit = entries
        self.timeToLive = timeToLive
        self.now = now
        try Files.makeDirectory(directory)
        guard Files.isDirectory(directory) else { throw StateStoreError(.system, directory, "it is no directory") }
        sweep()
    }

    /// What an answer is found by: the endpoint, the engine and each byte of the request.
    public static func key(path: String, fingerprint: Digest, body: [UInt8]) -> Digest {
        let hash = SHA256()
        hash.update("localcode answer 1\n\(path.utf8.count)\n\(path)".utf8)
        hash.update(fingerprint)
        hash.update(body)
        return hash.finish()
    }

    /// The answer to a request; nil if there is none, or only an old or a damaged one. It counts as used.
    public func lookup(_ key: Digest) -> StoredAnswer? {
        let path = path(of: key)
        guard let file = try? OpenFile(path, O_RDONLY), let status = try? file.status() else { return nil }
        guard status.isRegular, status.size <= AnswerFile.longest,
            let bytes = try? file.bytes(at: 0, count: status.size),
            let answer = AnswerFile.decode(bytes, key), now() - answer.created <= timeToLive
        else {
            Files.remove(path)
            return nil
        }
        setUsed(file.descriptor)
        return answer
    }

    /// Keeps an answer if it is whole: one that ended with an error or before its end, and one that is too long, is not kept.
    /// - Returns: whether it was kept.
    /// - Throws: what keeps it from being written; nothing is left of it then.
    @discardableResult
    public func store(_ key: Digest, _ answer: StoredAnswer) throws(StateStoreError) -> Bool {
        guard answer.isWhole else { return false }
        let bytes = AnswerFile.encode(answer, key)
        guard bytes.count <= min(byteLimit, AnswerFile.longest), entryLimit > 0 else { return false }
        let name = key.hex + Self.suffix
        let temporary = "\(directory)/\(key.hex)-\(UInt64.random(in: .min ... .max))\(Self.temporarySuffix)"
        do {
            let file = try OpenFile(temporary, O_WRONLY | O_CREAT | O_EXCL)
            try file.write(bytes, at: 0)
            setUsed(file.descriptor)
            try Files.rename(temporary, to: "\(directory)/\(name)")
        } catch {
            Files.remove(temporary)
            throw error
        }
        sweep(keeping: name)
        return true
    }

    /// The answers on the disk, and their bytes.
    public func usage() -> (entries: Int, bytes: Int) {
        let files = files().filter { $0.name.hasSuffix(Self.suffix) }
        return (files.count, files.reduce(0) { $0 + $1.size })
    }

    /// Removes all answers.
    public func removeAll() {
        for file in files() { Files.remove("\(directory)/\(file.name)") }
    }

    // MARK: - Files

    private struct File {
        let name: String
        let size: Int
        let used: Double
    }

    private func path(of key: Digest) -> String { "\(directory)/\(key.hex)\(Self.suffix)" }

    /// The cache's own files, finished or not.
    private func files() -> [File] {
        Files.names(in: directory).compactMap { name in
            guard Self.isOurs(name), let status = Files.status("\(directory)/\(name)"), status.isRegular else {
                return nil
            }
            let used = Double(status.modifiedSeconds) + Double(status.modifiedNanoseconds) / 1e9
            return File(name: name, size: status.size, used: used)
        }
    }

    private static func isOurs(_ name: String) -> Bool {
        Digest(hex: String(name.prefix(2 * Digest.byteCount))) != nil
            && (name.hasSuffix(suffix) || name.hasSuffix(temporarySuffix))
    }

    /// Removes what is old, what nobody finished and what is too much.
    private func sweep(keeping kept: String? = nil) {
        let now = now()
        var bytes = 0
        var held: [File] = []
        for file in files() {
            let limit = file.name.hasSuffix(Self.suffix) ? timeToLive : Self.longestWrite
            if now - file.used > limit {
                Files.remove("\(directory)/\(file.name)")
            } else if file.name.hasSuffix(Self.suffix) {
                held.append(file)
                bytes += file.size
            }
        }
        guard bytes > byteLimit || held.count > entryLimit else { return }
        held.sort { ($0.used, $0.name) < ($1.used, $1.name) }
        var count = held.count
        for file in held where file.name != kept {
            guard bytes > byteLimit || count > entryLimit else { return }
            Files.remove("\(directory)/\(file.name)")
            bytes -= file.size
            count -= 1
        }
    }

    private func setUsed(_ descriptor: Int32) {
        let time = min(max(now(), 0), 1e11)
        let seconds = time.rounded(.down)
        let stamp = timespec(tv_sec: Int(seconds), tv_nsec: Int((time - seconds) * 1e9))
        _ = [stamp, stamp].withUnsafeBufferPointer { futimens(descriptor, $0.baseAddress) }
    }
}
