/// What LocalCode appends to a state that an engine wrote, so that the file says itself what it is. The engine reads the
/// state and its checkpoints by their own lengths and never sees what follows.
///
///     the engine's bytes ‖ JSON ‖ Poly1305 of the JSON (16 bytes) ‖ length of the JSON (8 bytes, little endian) ‖ "LCSTATE1"
///
/// The JSON holds the checksum of the engine's bytes.
public struct StateTrailer: Sendable, Equatable {
    /// What the state is.
    public var state: StateDescription
    /// Tokens in the state.
    public var tokens: Int
    /// Length of the engine's bytes.
    public var stateBytes: Int
    /// `Checksum` of the engine's bytes.
    public var checksum: [UInt8]
    /// Token counts of the engine's checkpoints, ascending.
    public var checkpoints: [Int]
    /// When it was saved, in seconds since 1970.
    public var created: Double

    /// What stands at the end of a file with a trailer of this form. Another digit: another form.
    static let magic = Array("LCSTATE1".utf8)
    static let footerBytes = Checksum.byteCount + 8 + magic.count
    /// A trailer with the most boundaries of a chain is a tenth of it.
    static let limit = 4 << 20

    /// The trailer as it is appended.
    var bytes: [UInt8] {
        let text = json.bytes
        var bytes = text
        bytes += Checksum.of(text) ?? [UInt8](repeating: 0, count: Checksum.byteCount)
        withUnsafeBytes(of: UInt64(text.count).littleEndian) { bytes.append(contentsOf: $0) }
        bytes += Self.magic
        return bytes
    }

    /// The trailer at the end of a file and where it begins; nil if the file has none.
    /// - Throws: `.damaged` if it has one that is not whole, `.foreign` if it is of another form.
    static func read(_ file: borrowing OpenFile, size: Int) throws(StateStoreError) -> (
        trailer: StateTrailer, start: Int
    )? {
        guard size >= footerBytes else { return nil }
        let footer = try file.bytes(at: size - footerBytes, count: footerBytes)
        guard footer.count == footerBytes, footer.suffix(magic.count).starts(with: magic.dropLast()) else { return nil }
        guard footer.last == magic.last else {
            throw StateStoreError(.foreign, file.path, "it was written by another version of LocalCode")
        }
        let length = footer.withUnsafeBytes {
            UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: Checksum.byteCount, as: UInt64.self))
        }
        guard length <= UInt64(min(limit, size - footerBytes)) else {
            throw StateStoreError(.damaged, file.path, "its description is said to have \(length) bytes")
        }
        let start = size - footerBytes - Int(length)
        let text = try file.bytes(at: start, count: Int(length))
        guard Checksum.of(text) == Array(footer.prefix(Checksum.byteCount)) else {
            throw StateStoreError(.damaged, file.path, "its description was changed")
        }
        guard let json = try? JSONValue(parsing: text), let trailer = StateTrailer(json: json) else {
            throw StateStoreError(.damaged, file.path, "its description cannot be read")
        }
        guard trailer.stateBytes == start else {
            throw StateStoreError(.damaged, file.path, "it has \(start) bytes of state, not \(trailer.stateBytes)")
        }
        return (trailer, start)
    }
}

extension StateTrailer {
    /// The description as it stands in the file.
    var json: JSONValue {
        let boundaries = state.boundaries.map { boundary -> JSONValue in
            var parts: [JSONValue] = [.string(boundary.digest.hex), .number(boundary.bytes)]
            if let tokens = boundary.tokens { parts.append(.number(tokens)) }
            return .array(parts)
        }
        var json: JSONValue = [
            "localcode": 1,
            "kind": .string(state.kind.rawValue),
            "model": .string(state.model),
            "title": .string(state.title),
            "tokens": .number(tokens),
            "state_bytes": .number(stateBytes),
            "checksum": .string(Hexadecimal.text(checksum)),
            "checkpoints": .array(checkpoints.map { .number($0) }),
            "prefill_seconds": .number(state.prefillSeconds),
            "created": .number(created),
            "fingerprint": state.fingerprint.json,
            "boundaries": .array(boundaries),
        ]
        if let name = state.name { json["name"] = .string(name) }
        if let origin = state.origin { json["origin"] = .string(origin.text) }
        return json
    }

    /// The trailer that a file's description tells of; nil if something that must be there is missing.
    init?(json: JSONValue) {
        guard let kind = json["kind"]?.string.flatMap(StateKind.init(rawValue:)),
            let tokens = json["tokens"]?.int, tokens > 0, let stateBytes = json["state_bytes"]?.int,
            let checksum = json["checksum"]?.string.flatMap(Hexadecimal.bytes), checksum.count == Checksum.byteCount,
            let fingerprint = json["fingerprint"].flatMap(Fingerprint.init(json:))
        else { return nil }
        var boundaries: [StateBoundary] = []
        for boundary in json["boundaries"]?.array ?? [] {
            guard let digest = boundary[0]?.string.flatMap(Digest.init(hex:)), let bytes = boundary[1]?.int else {
                return nil
            }
            boundaries.append(StateBoundary(digest: digest, bytes: bytes, tokens: boundary[2]?.int))
        }
        guard !boundaries.isEmpty else { return nil }
        state = StateDescription(
            fingerprint: fingerprint, boundaries: boundaries, kind: kind, name: json["name"]?.string,
            model: json["model"]?.string ?? "", title: json["title"]?.string ?? "",
            prefillSeconds: json["prefill_seconds"]?.double ?? 0,
            origin: json["origin"]?.string.flatMap(StateOrigin.init(text:)))
        self.tokens = tokens
        self.stateBytes = stateBytes
        self.checksum = checksum
        checkpoints = (json["checkpoints"]?.array ?? []).compactMap(\.int)
        created = json["created"]?.double ?? 0
    }

    /// The digest of the last boundary.
    var key: Digest? { state.boundaries.last?.digest }
}

/// Bytes as text.
enum Hexadecimal {
    static func text(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// Nil for what is no even number of hexadecimal digits.
    static func bytes(_ text: String) -> [UInt8]? {
        let digits = text.utf8.compactMap { Character(UnicodeScalar($0)).hexDigitValue }
        guard digits.count == text.utf8.count, digits.count.isMultiple(of: 2) else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }
}
