#if canImport(Glibc)
    import Glibc
    import SystemPackage
#else
    import Darwin
    import System
#endif

/// What llama-servers take, each in a file of its own. A file that cannot be read, or that is of another build, is as if it were
/// not there; one that cannot be written costs a question at the next start.
struct CapabilityCache {
    let directory: String

    /// Far more than the flags of any build.
    private static let limit = 1 << 20

    /// What is known of a program.
    func find(_ stamp: ExecutableStamp) -> EngineCapabilities? {
        guard let bytes = read(path(stamp)), let json = try? JSONValue(parsing: bytes),
            json["executable"]?.string == stamp.text
        else { return nil }
        return EngineCapabilities(json)
    }

    /// Keeps what was found out.
    func keep(_ capabilities: EngineCapabilities, of stamp: ExecutableStamp) {
        var object: JSONObject = ["executable": .string(stamp.text)]
        for (key, value) in capabilities.json { object[key] = value }
        let temporary = "\(path(stamp)).\(UInt64.random(in: 0 ... .max))"
        guard (try? Directories.make(directory)) != nil, write(JSONValue.object(object).bytes, to: temporary) else {
            return
        }
        if rename(temporary, path(stamp)) != 0 { unlink(temporary) }
    }

    private func path(_ stamp: ExecutableStamp) -> String {
        "\(directory)/\(SHA256.digest(stamp.path.utf8).hex.prefix(16)).json"
    }

    private func read(_ path: String) -> [UInt8]? {
        guard let file = try? FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec) else { return nil }
        defer { try? file.close() }
        guard let size = try? file.seek(offset: 0, from: .end), size <= Self.limit else { return nil }
        var bytes = [UInt8](repeating: 0, count: Int(size))
        let count = try? bytes.withUnsafeMutableBytes { try file.read(fromAbsoluteOffset: 0, into: $0) }
        return count == bytes.count ? bytes : nil
    }

    private func write(_ bytes: [UInt8], to path: String) -> Bool {
        guard
            let file = try? FileDescriptor.open(
                FilePath(path), .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
                permissions: .ownerReadWrite)
        else { return false }
        return (try? file.closeAfter { try file.writeAll(bytes) }) == bytes.count
    }
}

extension EngineCapabilities {
    fileprivate var json: JSONObject {
        [
            "version": .string(version), "flags": Self.object(flags), "removed": Self.object(removed),
            "speculation": .array(speculation.map { .string($0) }), "kv_types": .array(kvTypes.map { .string($0) }),
        ]
    }

    fileprivate init?(_ json: JSONValue) {
        guard let version = json["version"]?.string, let flags = Self.texts(json["flags"]),
            let removed = Self.texts(json["removed"]), let speculation = json["speculation"]?.array,
            let kvTypes = json["kv_types"]?.array
        else { return nil }
        self.init(
            version: version, flags: flags, removed: removed, speculation: speculation.compactMap(\.string),
            kvTypes: kvTypes.compactMap(\.string))
    }

    private static func object(_ texts: [String: String]) -> JSONValue {
        var object = JSONObject()
        for (key, value) in texts.sorted(by: { $0.key < $1.key }) { object[key] = .string(value) }
        return .object(object)
    }

    private static func texts(_ json: JSONValue?) -> [String: String]? {
        json?.object.map { object in
            Dictionary(object.map { ($0.key, $0.value.string ?? "") }) { _, last in last }
        }
    }
}
