#if canImport(Glibc)
    import Glibc
    import SystemPackage
#else
    import Darwin
    import System
#endif

/// What the process of a llama-server takes besides the buffers that it reports: its code, its threads, its HTTP server. Measured
/// with the smallest models there are, where nothing else counts.
enum ProgramSize {
    /// llama.cpp's own program, linked statically.
    static let native = 18 << 20
    /// A script that brings an interpreter: the launcher of the wheel.
    static let script = 34 << 20

    /// By what is in the file; nil: llama.cpp's own.
    static func bytes(of executable: String?) -> Int {
        guard let executable,
            let file = try? FileDescriptor.open(FilePath(executable), .readOnly, options: .closeOnExec)
        else { return native }
        defer { try? file.close() }
        var bytes: [UInt8] = [0, 0]
        let count = try? bytes.withUnsafeMutableBytes { try file.read(into: $0) }
        return count == 2 && bytes == Array("#!".utf8) ? script : native
    }
}
