/// Holds a scripted answer until a test lets it go on. Both sides can wait: a thread by its descriptor, together with a
/// connection, so that a client that leaves is noticed.
public final class Gate: Sendable {
    let descriptor: Int32
    private let end: Int32
    private let opened = Awaited<Void>()

    public init() { (descriptor, end) = Descriptor.pipe() }

    deinit {
        if opened.value == nil { Descriptor.close(end) }
        Descriptor.close(descriptor)
    }

    /// Lets everything that waits here go on, now and later. For one caller.
    public func open() {
        guard opened.value == nil else { return }
        opened.fulfill(())
        Descriptor.close(end)
    }
}
