#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension Context {
    /// The process's own environment, directory and streams.
    public static var live: Context {
        let environment = currentEnvironment()
        return Context(
            environment: environment,
            workingDirectory: currentDirectory(),
            output: .live(STDOUT_FILENO, environment),
            error: .live(STDERR_FILENO, environment),
            inputIsTerminal: isatty(STDIN_FILENO) == 1,
            readInput: { limit in try Descriptor.read(STDIN_FILENO, name: "standard input", limit: limit) })
    }
}

extension Context.Stream {
    static func live(_ descriptor: Int32, _ environment: [String: String]) -> Context.Stream {
        let isTerminal = isatty(descriptor) == 1
        return Context.Stream(
            isTerminal: isTerminal,
            // https://no-color.org: set and not empty.
            hasColor: isTerminal && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb",
            width: isTerminal ? columns(descriptor) ?? 80 : 80,
            write: { text in try Descriptor.write(descriptor, Array(text.utf8)) })
    }

    private static func columns(_ descriptor: Int32) -> Int? {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }
}

private func currentEnvironment() -> [String: String] {
    var variables: [String: String] = [:]
    var next: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = environ
    while let entry = next?.pointee {
        let text = String(cString: entry)
        if let equals = text.firstIndex(of: "=") {
            variables[String(text[..<equals])] = String(text[text.index(after: equals)...])
        }
        next = next?.advanced(by: 1)
    }
    return variables
}

private func currentDirectory() -> String {
    guard let path = getcwd(nil, 0) else { return "." }
    defer { free(path) }
    return String(cString: path)
}
