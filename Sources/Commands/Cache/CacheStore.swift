import LocalCodeCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The store of states as the commands find it.
enum CacheStore {
    /// The directory that the settings name: `…/localcode`.
    static func directory(_ invocation: Invocation) -> String {
        absolute(invocation.cacheDirectory, invocation.context)
    }

    /// Opens the store.
    /// - Returns: nil where there is none yet: to look is no reason to make one.
    /// - Parameter warn: takes what the store has to say; nil: it goes to standard error.
    static func openIfThere(_ invocation: Invocation, warn: (@Sendable (String) -> Void)? = nil) throws -> StateStore? {
        let directory = directory(invocation)
        guard access("\(directory)/states", F_OK) == 0 else {
            guard errno == ENOENT || errno == ENOTDIR else {
                throw Failure("cannot look into \(directory): \(systemMessage(errno))")
            }
            return nil
        }
        // Opening a store brings it within its limits, and to look is no reason to remove anything.
        return try open(
            invocation, limits: StateStore.Limits(bytes: .max, entries: .max, freeDisk: 0, timeToLive: nil), warn: warn)
    }

    /// Opens the store, or makes it, to save something in it.
    static func open(_ invocation: Invocation) throws -> StateStore {
        try open(invocation, limits: invocation.stateLimits)
    }

    private static func open(
        _ invocation: Invocation, limits: StateStore.Limits, warn: (@Sendable (String) -> Void)? = nil
    ) throws -> StateStore {
        let error = invocation.context.error
        let say: @Sendable (String) -> Void = { try? error.write("localcode: note: \($0)\n") }
        return try reporting {
            try StateStore.open(directory: directory(invocation), limits: limits, warn: warn ?? say)
        }
    }

    /// Runs work with the store and tells its errors with a next step.
    static func reporting<Result>(_ work: () throws -> Result) throws -> Result {
        do {
            return try work()
        } catch let error as StateStoreError {
            throw failure(error)
        }
    }

    static func failure(_ error: StateStoreError) -> Failure {
        let hint: String? =
            switch error.code {
            case .locked: "another process is busy with it; try again"
            case .diskFull: "'localcode cache prune' makes room"
            case .indexDamaged: "try again: the index is made anew from the files"
            case .damaged: "'localcode cache verify' looks at every state"
            case .missing, .foreign, .busy, .system: nil
            }
        return Failure(error.description, hint: hint)
    }

    /// Says that there is nothing, where there is nothing.
    static func sayEmpty(_ invocation: Invocation) throws {
        try invocation.context.error.write(
            "localcode: no states yet in \(directory(invocation)); 'localcode serve' saves them, and 'localcode cache warm'\n"
        )
    }

    static func absolute(_ path: String, _ context: Context) -> String {
        path.hasPrefix("/") ? path : "\(context.workingDirectory)/\(path)"
    }
}
