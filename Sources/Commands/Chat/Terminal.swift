#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The settings of the terminal that a session runs on.
struct Terminal: Sendable {
    /// How the terminal treats keys.
    enum Mode: Sendable {
        /// As it was when the session began.
        case original
        /// Every key is a byte to read: nothing is echoed, and Ctrl-C and Ctrl-Z mean nothing.
        case editing
        /// Nothing is echoed and Ctrl-C is a signal; what is typed waits for the next prompt.
        case waiting
    }

    private let descriptor: Int32
    private let original: termios

    /// - Returns: nil when the descriptor is no terminal.
    init?(_ descriptor: Int32) {
        var settings = termios()
        guard tcgetattr(descriptor, &settings) == 0 else { return nil }
        self.descriptor = descriptor
        original = settings
    }

    /// Changes the mode when all output is through; what has been typed is kept.
    func set(_ mode: Mode) {
        var settings = original
        if mode != .original {
            settings.c_lflag &= ~tcflag_t(ICANON | ECHO | IEXTEN)
            // A return key is told from a line feed, and Ctrl-S and Ctrl-Q are keys.
            settings.c_iflag &= ~tcflag_t(ICRNL | INLCR | IXON)
            if mode == .editing { settings.c_lflag &= ~tcflag_t(ISIG) }
            withUnsafeMutableBytes(of: &settings.c_cc) { characters in
                characters[Int(VMIN)] = 1
                characters[Int(VTIME)] = 0
                // A stopped session would leave the terminal without echo.
                characters[Int(VSUSP)] = Self.disabled
            }
        }
        while tcsetattr(descriptor, TCSADRAIN, &settings) != 0, errno == EINTR {}
    }

    /// Columns and rows; 80 by 24 where the terminal does not know.
    var size: (width: Int, height: Int) {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return (80, 24) }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    /// What has been typed; waits for it.
    /// - Returns: empty at the end of input, also when the terminal is gone.
    func read() -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = bytes.withUnsafeMutableBytes { systemRead(descriptor, $0.baseAddress, $0.count) }
            if count >= 0 { return Array(bytes[..<count]) }
            guard errno == EINTR else { return [] }
        }
    }

    /// The value that turns a special character off.
    #if canImport(Glibc)
        private static let disabled: UInt8 = 0
    #else
        private static let disabled: UInt8 = 0xFF
    #endif
}

// The type's own function has the same name.
private func systemRead(_ descriptor: Int32, _ bytes: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    read(descriptor, bytes, count)
}
