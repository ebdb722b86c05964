import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Threads of their own for calls that block, so that no thread of Swift's concurrency or of Dispatch ever waits.
enum BlockingThread {
    private final class Body: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    static func start(_ run: @escaping @Sendable () -> Void) {
        let body = Unmanaged.passRetained(Body(run)).toOpaque()
        #if canImport(Glibc)
            var thread = pthread_t()
            let code = pthread_create(&thread, nil, { argument in BlockingThread.enter(argument) }, body)
            if code == 0 { pthread_detach(thread) }
        #else
            var thread: pthread_t?
            let code = pthread_create(&thread, nil, { argument in BlockingThread.enter(argument) }, body)
            if code == 0, let thread { pthread_detach(thread) }
        #endif
        precondition(code == 0, "cannot start a thread: \(String(cString: strerror(code)))")
    }

    private static func enter(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        if let argument { Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run() }
        return nil
    }
}

/// A file descriptor's few calls, with interruptions taken care of.
enum Descriptor {
    /// Held while a pipe is made and while a process is: no child may be born between a pipe and its flag.
    static let inheritance = Mutex(())

    /// A pipe that no child process inherits.
    static func pipe() -> (read: Int32, write: Int32) {
        var ends: [Int32] = [-1, -1]
        let code = inheritance.withLock { _ in
            #if canImport(Glibc)
                let code = Glibc.pipe(&ends)
            #else
                let code = Darwin.pipe(&ends)
            #endif
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            return code
        }
        precondition(code == 0, "cannot make a pipe: \(String(cString: strerror(errno)))")
        return (ends[0], ends[1])
    }

    /// Writes everything; false when the other side is gone.
    @discardableResult static func write(_ bytes: some Collection<UInt8>, to descriptor: Int32) -> Bool {
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send($0, to: descriptor) }
            if count < 0 {
                if errno == EINTR { continue }
                return false
            }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// A socket would raise SIGPIPE, which ends the test process; a pipe's is ignored in `ChildProcess`.
    private static func send(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int {
        #if os(Linux)
            let count = Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
            if count >= 0 || errno != ENOTSOCK { return count }
            return Glibc.write(descriptor, bytes.baseAddress, bytes.count)
        #else
            return Darwin.write(descriptor, bytes.baseAddress, bytes.count)
        #endif
    }

    /// What can be read now, waiting for at least one byte; empty at the end, nil on an error.
    static func read(_ descriptor: Int32) -> [UInt8]? {
        while true {
            var count = 0
            let bytes = [UInt8](unsafeUninitializedCapacity: 65536) { buffer, initialized in
                #if canImport(Glibc)
                    count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
                #else
                    count = Darwin.read(descriptor, buffer.baseAddress, buffer.count)
                #endif
                initialized = max(count, 0)
            }
            if count >= 0 { return bytes }
            if errno != EINTR { return nil }
        }
    }

    static func close(_ descriptor: Int32) {
        #if canImport(Glibc)
            _ = Glibc.close(descriptor)
        #else
            _ = Darwin.close(descriptor)
        #endif
    }

    /// Waits until one of these has something to read or is closed; which of them it is. No time limit.
    static func wait(for descriptors: [Int32]) -> [Bool] {
        var polled = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        while poll(&polled, nfds_t(polled.count), -1) < 0 {
            guard errno == EINTR else { break }
        }
        return polled.map { $0.revents != 0 }
    }
}
