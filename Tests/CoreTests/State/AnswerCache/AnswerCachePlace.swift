import LocalCodeCore
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A directory for a cache, gone with the test, and the clock that the cache goes by.
final class AnswerCachePlace: Sendable {
    final class Clock: Sendable {
        private let time = Mutex(1000.0)
        var now: Double { time.withLock { $0 } }
        func set(_ now: Double) { time.withLock { $0 = now } }
    }

    let clock = Clock()
    private let root: String
    private var directory: String { "\(root)/answers" }

    init() {
        var path = Array("/tmp/localcode-answers-XXXXXX".utf8CString)
        let made = path.withUnsafeMutableBufferPointer { $0.baseAddress.flatMap { mkdtemp($0) } != nil }
        root = made ? String(decoding: path.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self) : "/nonexistent"
    }

    deinit {
        remove()
        unlink(directory)
        rmdir(root)
    }

    func cache(
        bytes: Int = 1 << 20, entries: Int = 100, timeToLive: Double = 3600
    ) throws -> AnswerCache {
        let clock = clock
        return try AnswerCache(
            directory: directory, bytes: bytes, entries: entries, timeToLive: timeToLive, now: { clock.now })
    }

    /// The names in the directory, sorted.
    var names: [String] {
        guard let handle = opendir(directory) else { return [] }
        defer { closedir(handle) }
        var names: [String] = []
        while let entry = readdir(handle) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    func mode(_ name: String) -> mode_t {
        var status = stat()
        return stat("\(root)/\(name)", &status) == 0 ? status.st_mode & 0o777 : 0
    }

    func read(_ name: String) -> [UInt8] {
        guard let file = fopen("\(directory)/\(name)", "r") else { return [] }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        bytes.removeLast(bytes.count - fread(&bytes, 1, bytes.count, file))
        return bytes
    }

    /// - Parameter modified: seconds since 1970.
    func write(_ name: String, _ bytes: [UInt8], modified: Int? = nil) {
        let path = name.hasPrefix("../") ? "\(root)/\(name.dropFirst(3))" : "\(directory)/\(name)"
        guard let file = fopen(path, "w") else { return }
        fwrite(bytes, 1, bytes.count, file)
        fclose(file)
        let time = timespec(tv_sec: modified ?? Int(clock.now), tv_nsec: 0)
        utimensat(AT_FDCWD, path, [time, time], 0)
    }

    func remove() {
        for name in names { unlink("\(directory)/\(name)") }
        rmdir(directory)
    }
}
