#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Calls of the file system that the store needs, with errors that name the file.
enum Files {
    /// What is at a path, links not followed; nil where there is nothing.
    static func status(_ path: String) -> FileStatus? {
        var status = stat()
        return lstat(path, &status) == 0 ? FileStatus(status) : nil
    }

    /// Makes a directory that only its owner may enter, and those above it. One that is there already stays as it is.
    static func makeDirectory(_ path: String) throws(StateStoreError) {
        if mkdir(path, 0o700) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
            throw .system(path, "cannot make the directory")
        }
        try makeDirectory(String(path[..<slash]))
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw .system(path, "cannot make the directory") }
    }

    /// Whether a directory is there, links followed.
    static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Removes a file; nothing happens where there is none.
    static func remove(_ path: String) { _ = unlink(path) }

    /// Removes a directory with the files in it; directories inside stay, and then it does too.
    static func removeDirectory(_ path: String) {
        for name in names(in: path) { remove("\(path)/\(name)") }
        _ = rmdir(path)
    }

    static func rename(_ source: String, to target: String) throws(StateStoreError) {
        #if canImport(Glibc)
            let code = Glibc.rename(source, target)
        #else
            let code = Darwin.rename(source, target)
        #endif
        guard code == 0 else { throw .system(source, "cannot move it to \(target)") }
    }

    /// Names in a directory, in no order; none where it cannot be read.
    static func names(in directory: String) -> [String] {
        guard let handle = opendir(directory) else { return [] }
        defer { closedir(handle) }
        var names: [String] = []
        while let entry = readdir(handle) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { buffer in
                String(decoding: buffer.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// Makes the names in a directory last. Not every file system can, and none of them then loses what it has.
    static func synchronizeDirectory(_ path: String) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        _ = fsync(descriptor)
        close(descriptor)
    }

    /// Makes a second name for a file, or a copy where the file system has no second names or they are on two.
    static func linkOrCopy(_ source: String, to target: String) throws(StateStoreError) {
        if link(source, target) == 0 { return }
        switch errno {
        case EXDEV, EPERM, EMLINK, ENOTSUP, EOPNOTSUPP, ENOSYS, EACCES: try copy(source, to: target)
        default: throw .system(source, "cannot link it to \(target)")
        }
    }

    /// Copies a file. What was written of an unfinished copy goes.
    static func copy(_ source: String, to target: String) throws(StateStoreError) {
        let input = try OpenFile(source, O_RDONLY)
        let output = try OpenFile(target, O_WRONLY | O_CREAT | O_EXCL)
        do throws(StateStoreError) {
            let status = try input.status()
            // The engine that reads a copy is the user who wrote the original.
            if status.owner != geteuid() { _ = fchown(output.descriptor, status.owner, status.group) }
            var offset = 0
            while offset < status.size {
                let bytes = try input.bytes(at: offset, count: min(1 << 20, status.size - offset))
                guard !bytes.isEmpty else { throw StateStoreError(.damaged, source, "it became shorter") }
                try output.write(bytes, at: offset)
                offset += bytes.count
            }
        } catch {
            remove(target)
            throw error
        }
    }

    /// Bytes that a user can still write where this path is; nil if that cannot be told.
    static func freeBytes(at path: String) -> Int? {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { return nil }
        let (bytes, overflow) = Int(clamping: status.f_bavail).multipliedReportingOverflow(
            by: Int(clamping: status.f_frsize))
        return overflow ? .max : bytes
    }
}
