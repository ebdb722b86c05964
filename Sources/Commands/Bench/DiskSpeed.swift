#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Files of the page cache and of the disk below it.
enum DiskSpeed {
    /// The regular files below a directory.
    static func files(below directory: String) -> [(path: String, bytes: Int)] {
        var found: [(path: String, bytes: Int)] = []
        var open = [directory]
        while let directory = open.popLast(), let stream = opendir(directory) {
            defer { closedir(stream) }
            while let entry = readdir(stream) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) {
                    $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                if name == "." || name == ".." { continue }
                let path = "\(directory)/\(name)"
                var information = stat()
                guard lstat(path, &information) == 0 else { continue }
                if information.st_mode & S_IFMT == S_IFDIR { open.append(path) }
                if information.st_mode & S_IFMT == S_IFREG { found.append((path, Int(information.st_size))) }
            }
        }
        return found
    }

    /// Whether the page cache can be told to forget a file here, so that it is read from the disk again.
    static var canForget: Bool {
        #if os(Linux)
            true
        #else
            false
        #endif
    }

    /// Lets the page cache forget the files below a directory.
    static func forget(below directory: String) {
        for (path, _) in files(below: directory) { forget(path) }
    }

    private static func forget(_ path: String) {
        #if os(Linux)
            let file = open(path, O_RDONLY | O_CLOEXEC)
            guard file >= 0 else { return }
            defer { close(file) }
            fdatasync(file)
            _ = posix_fadvise(file, 0, 0, Int32(POSIX_FADV_DONTNEED))
        #endif
    }

    /// Bytes a second while a file is read from the disk, from its start to its end; nil when it cannot be read.
    static func readRate(_ path: String) -> Double? {
        forget(path)
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4_096)
        defer { buffer.deallocate() }
        let start = monotonicNanoseconds()
        var total = 0
        while true {
            let count = read(file, buffer.baseAddress, buffer.count)
            if count <= 0 { break }
            total += count
        }
        return rate(total, since: start)
    }

    /// Bytes a second while so many bytes are written to a new file, until they are on the disk; nil when that fails.
    static func writeRate(bytes: Int, in directory: String) -> Double? {
        let path = directory + "/speed"
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { return nil }
        defer {
            close(file)
            unlink(path)
        }
        let block = [UInt8](repeating: 0x5A, count: 1 << 20)
        let start = monotonicNanoseconds()
        var total = 0
        while total < bytes {
            let count = write(file, block, min(block.count, bytes - total))
            guard count > 0 else { return nil }
            total += count
        }
        guard fsync(file) == 0 else { return nil }
        return rate(total, since: start)
    }

    private static func rate(_ bytes: Int, since start: UInt64) -> Double? {
        let seconds = Double(monotonicNanoseconds() - start) / 1e9
        return bytes > 0 && seconds > 0 ? Double(bytes) / seconds : nil
    }
}

/// Does nothing for a while. Blocks its thread.
func pause(milliseconds: Int) {
    var time = timespec(tv_sec: milliseconds / 1_000, tv_nsec: milliseconds % 1_000 * 1_000_000)
    nanosleep(&time, nil)
}
