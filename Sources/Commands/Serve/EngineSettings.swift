import LocalCodeCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension Invocation {
    /// Where the set-up puts its engine.
    var setUpEngine: String { Directories(environment: context.environment).data + "/engine/llama-server" }

    /// The llama-server that models are started with: the one that is named, the set-up's, or one on the PATH.
    var engineExecutable: String? {
        let environment = context.environment
        if let named = self["llama-server"] { return findProgram(named, environment: environment) }
        return findProgram(setUpEngine, environment: environment)
            ?? findProgram("llama-server", environment: environment)
    }

    /// Bytes for all engines together: what is said, or four fifths of the machine's memory.
    var memoryBudget: Int? {
        if let budget = bytes("memory-budget"), budget > 0 { return budget }
        let (pages, size) = (sysconf(Int32(_SC_PHYS_PAGES)), sysconf(Int32(_SC_PAGESIZE)))
        return pages > 0 && size > 0 ? pages / 5 * 4 * size : nil
    }
}
