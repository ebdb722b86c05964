#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Where the indexes of searched trees are kept: a file for each tree. What is lost is made anew, so nothing in it needs to last.
public struct SearchIndexStore: Sendable {
    /// The most trees whose indexes are kept; those that changed last.
    static let treeLimit = 64
    /// The longest index that is read.
    private static let limit = 1 << 30

    private let directory: String

    /// - Parameter cache: the directory of what can be made again.
    public init(cache: String) { directory = "\(cache)/search" }

    /// The index of a tree; one of nothing where none is kept, or the file is not whole.
    public func index(of root: String) -> SearchIndex {
        SmallFile.bytes(path(of: root), limit: Self.limit).flatMap { SearchIndex($0, root: root) } ?? SearchIndex()
    }

    /// Keeps an index in the place of the one before, which stays whole until then.
    /// - Returns: whether that worked.
    public func keep(_ index: SearchIndex, of root: String) -> Bool {
        guard (try? Directories.make(directory)) != nil else { return false }
        let path = path(of: root)
        let temporary = "\(path).\(getpid())"
        guard Self.write(index.encoded(root: root), to: temporary), rename(temporary, path) == 0 else {
            unlink(temporary)
            return false
        }
        removeOldest()
        return true
    }

    private func path(of root: String) -> String {
        // FNV-1a of 64 bits. The root is in the file as well.
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in root.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        let digits = String(hash, radix: 16)
        return "\(directory)/\(String(repeating: "0", count: 16 - digits.count))\(digits)"
    }

    private static func write(_ bytes: [UInt8], to path: String) -> Bool {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return bytes.withUnsafeBytes { buffer in
            var done = 0
            while done < buffer.count {
                let count = Self.system(descriptor, buffer.baseAddress.map { $0 + done }, buffer.count - done)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return false }
                done += count
            }
            return true
        }
    }

    // The type's own function has the same name.
    private static func system(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
        #if canImport(Glibc)
            Glibc.write(descriptor, bytes, count)
        #else
            Darwin.write(descriptor, bytes, count)
        #endif
    }

    /// Removes what is beyond the limit, what processes left behind that were killed among it.
    private func removeOldest() {
        var files: [(path: String, time: Int)] = []
        guard let handle = opendir(directory) else { return }
        defer { closedir(handle) }
        while let entry = readdir(handle) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { buffer in
                String(decoding: buffer.prefix { $0 != 0 }, as: UTF8.self)
            }
            var status = stat()
            let path = "\(directory)/\(name)"
            guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { continue }
            #if canImport(Glibc)
                files.append((path, Int(status.st_mtim.tv_sec)))
            #else
                files.append((path, Int(status.st_mtimespec.tv_sec)))
            #endif
        }
        files.sort { ($1.time, $0.path) < ($0.time, $1.path) }
        for file in files.dropFirst(Self.treeLimit) { unlink(file.path) }
    }
}
