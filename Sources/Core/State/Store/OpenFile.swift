#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What the file system says about a file.
struct FileStatus: Sendable, Hashable {
    let device: UInt64
    let inode: UInt64
    let size: Int
    let modifiedSeconds: Int
    let modifiedNanoseconds: Int
    let isRegular: Bool
    let isDirectory: Bool
    let owner: uid_t
    let group: gid_t

    init(_ status: stat) {
        device = UInt64(truncatingIfNeeded: status.st_dev)
        inode = UInt64(status.st_ino)
        size = Int(status.st_size)
        #if canImport(Glibc)
            modifiedSeconds = status.st_mtim.tv_sec
            modifiedNanoseconds = status.st_mtim.tv_nsec
        #else
            modifiedSeconds = status.st_mtimespec.tv_sec
            modifiedNanoseconds = status.st_mtimespec.tv_nsec
        #endif
        isRegular = status.st_mode & S_IFMT == S_IFREG
        isDirectory = status.st_mode & S_IFMT == S_IFDIR
        owner = status.st_uid
        group = status.st_gid
    }
}

/// A file that closes with its owner.
struct OpenFile: ~Copyable {
    /// What errors call it.
    let path: String
    let descriptor: Int32

    /// Opens a file that no child process inherits.
    /// - Parameters:
    ///   - followsLink: whether a link at the path's end may lead to it.
    ///   - name: what errors call it; nil: its path.
    init(
        _ path: String, _ flags: Int32, followsLink: Bool = false, as name: String? = nil
    ) throws(StateStoreError) {
        // Opening a pipe that someone put there must not wait for a writer.
        let always = O_CLOEXEC | O_NONBLOCK | (followsLink ? 0 : O_NOFOLLOW)
        let descriptor = open(path, flags | always, 0o600)
        guard descriptor >= 0 else { throw .system(name ?? path, "cannot open it") }
        self.path = name ?? path
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    func status() throws(StateStoreError) -> FileStatus {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .system(path, "cannot look at it") }
        return FileStatus(status)
    }

    /// As much as there is of the buffer's length from an offset on.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(StateStoreError) -> Int {
        guard let base = buffer.baseAddress else { return 0 }
        var done = 0
        while done < buffer.count {
            let count = pread(descriptor, base + done, buffer.count - done, off_t(offset + done))
            if count == 0 { break }
            if count < 0 {
                if errno == EINTR { continue }
                throw .system(path, "cannot read it")
            }
            done += count
        }
        return done
    }

    /// Up to `count` bytes from an offset on; fewer at the end of the file.
    func bytes(at offset: Int, count: Int) throws(StateStoreError) -> [UInt8] {
        var failure: StateStoreError?
        let bytes = [UInt8](unsafeUninitializedCapacity: max(count, 0)) { buffer, filled in
            do throws(StateStoreError) {
                filled = try read(into: UnsafeMutableRawBufferPointer(buffer), at: offset)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return bytes
    }

    func write(_ bytes: [UInt8], at offset: Int) throws(StateStoreError) {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                pwrite(descriptor, buffer.baseAddress.map { $0 + done }, bytes.count - done, off_t(offset + done))
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw .system(path, "cannot write it")
            }
            done += count
        }
    }

    /// Returns when the disk has it.
    func synchronize() throws(StateStoreError) {
        while fsync(descriptor) != 0 {
            guard errno == EINTR else { throw .system(path, "cannot write it to the disk") }
        }
    }
}
