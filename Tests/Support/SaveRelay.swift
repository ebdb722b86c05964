import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Stands between LocalCode and an engine, and tells of every state that is saved: before the engine is asked, and before
/// its answer is handed on. Everything passes unchanged.
public final class SaveRelay: Sendable {
    /// A moment of saving a state.
    public enum Moment: Sendable {
        /// The engine has not been asked yet.
        case asked
        /// It has written the file; nobody has been told.
        case answered
        /// The answer is on its way.
        case told
    }

    /// What it listens on.
    public let url: String
    private let listener: Int32
    private let hook = Hook()

    private final class Hook: Sendable {
        let call = Mutex<(@Sendable (Moment) -> Void)?>(nil)
        func callAsFunction(_ moment: Moment) { call.withLock { $0 }?(moment) }
    }

    /// - Parameter port: The engine's, on 127.0.0.1. Another engine may come up there.
    public init(to port: Int) throws {
        signal(SIGPIPE, SIG_IGN)
        let own: Int
        (listener, own) = try RecordingServer.listen()
        url = "http://127.0.0.1:\(own)"
        BlockingThread.start { [listener, hook] in
            while true {
                let client = accept(listener, nil, nil)
                if client < 0 {
                    if errno == EINTR || errno == ECONNABORTED { continue }
                    return Descriptor.close(listener)
                }
                _ = fcntl(client, F_SETFD, FD_CLOEXEC)
                BlockingThread.start { Self.relay(client, to: port, hook) }
            }
        }
    }

    deinit { _ = shutdown(listener, Int32(SHUT_RDWR)) }

    /// Calls this at every moment from now on, on a thread that may wait; nil: nothing any more.
    public func onSave(_ call: (@Sendable (Moment) -> Void)?) { hook.call.withLock { $0 = call } }

    private static func relay(_ client: Int32, to port: Int, _ hook: Hook) {
        defer { Descriptor.close(client) }
        guard let engine = connect(port) else { return }
        defer { Descriptor.close(engine) }
        var isSaving = false
        while true {
            let ready = Descriptor.wait(for: [client, engine])
            if ready[0] {
                guard let bytes = Descriptor.read(client), !bytes.isEmpty else { return }
                if String(decoding: bytes.prefix(64), as: UTF8.self).contains("action=save") {
                    isSaving = true
                    hook(.asked)
                }
                guard Descriptor.write(bytes, to: engine) else { return }
            }
            if ready[1] {
                guard let bytes = Descriptor.read(engine), !bytes.isEmpty else { return }
                if isSaving { hook(.answered) }
                guard Descriptor.write(bytes, to: client) else { return }
                if isSaving { hook(.told) }
                isSaving = false
            }
        }
    }

    private static func connect(_ port: Int) -> Int32? {
        #if canImport(Glibc)
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
            let descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
        let code = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                #if canImport(Glibc)
                    Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                #else
                    Darwin.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                #endif
            }
        }
        guard code == 0 else {
            Descriptor.close(descriptor)
            return nil
        }
        return descriptor
    }
}
