/// The metadata of a model, and the tensors of all its parts.
public struct GGUFFile: Sendable {
    /// A file of a model.
    public struct Part: Sendable, Equatable {
        public let path: String
        public let bytes: Int
    }

    /// Its files, the first first; most have one.
    public let parts: [Part]
    /// The version of the form: 2 or 3.
    public let version: Int
    /// Values by their keys: `general.architecture`.
    public let metadata: [String: GGUFValue]
    public let tensors: [GGUFTensor]

    /// The first part's path.
    public var path: String { parts[0].path }

    /// The value of a key; nil where there is none.
    public subscript(key: String) -> GGUFValue? { metadata[key] }

    /// Reads the headers of a model. Of a split one (`NAME-00001-of-00003.gguf`) all parts are read, whichever is named.
    public static func read(path: String) throws(GGUFError) -> GGUFFile {
        let paths = try partPaths(of: path)
        var parts: [GGUFPart] = []
        for path in paths { parts.append(try GGUFPart(GGUFReader(path))) }
        return try GGUFFile(parts)
    }

    private init(_ parts: [GGUFPart]) throws(GGUFError) {
        for (index, part) in parts.enumerated() { try Self.check(part, index: index, count: parts.count) }
        let first = parts[0]
        var tensors: [GGUFTensor] = []
        for (index, part) in parts.enumerated() {
            tensors += part.tensors.map { tensor in
                var tensor = tensor
                tensor.part = index
                return tensor
            }
        }
        guard Set(tensors.map(\.name)).count == tensors.count else {
            throw GGUFError(.damaged, first.path, "two of its tensors have one name")
        }
        if let total = first.metadata["split.tensors.count"]?.integer, total != tensors.count {
            throw GGUFError(.damaged, first.path, "its parts have \(tensors.count) tensors, not \(total)")
        }
        self.parts = parts.map { Part(path: $0.path, bytes: $0.fileBytes) }
        self.tensors = tensors
        version = first.version
        metadata = first.metadata
    }

    /// What a part says of itself must fit its name.
    private static func check(_ part: GGUFPart, index: Int, count: Int) throws(GGUFError) {
        let said = part.metadata["split.count"]?.integer ?? 1
        guard said == count || (said <= 1 && count == 1) else {
            throw GGUFError(
                .damaged, part.path,
                count == 1
                    ? "it is one of \(said) parts, and not named like one"
                    : "it is named as one of \(count) parts, and one of \(said)")
        }
        if count > 1, let number = part.metadata["split.no"]?.integer, number != index {
            throw GGUFError(.damaged, part.path, "it is part \(number + 1), and named as part \(index + 1)")
        }
    }

    /// The files of a model.
    static func partPaths(of path: String) throws(GGUFError) -> [String] {
        let name = path.utf8
        let suffix = Array("-00001-of-00001.gguf".utf8)
        guard name.count >= suffix.count else { return [path] }
        let end = Array(name.suffix(suffix.count))
        guard end.starts(with: "-".utf8), end[6..<10].elementsEqual("-of-".utf8),
            end[15...].elementsEqual(".gguf".utf8),
            let number = decimal(end[1..<6]), let count = decimal(end[10..<15]), count > 0
        else { return [path] }
        guard (1...count).contains(number) else {
            throw GGUFError(.damaged, path, "it is named as part \(number) of \(count)")
        }
        let stem = String(decoding: name.dropLast(suffix.count), as: UTF8.self)
        return (1...count).map { "\(stem)-\(padded($0))-of-\(padded(count)).gguf" }
    }

    private static func decimal(_ digits: ArraySlice<UInt8>) -> Int? {
        digits.allSatisfy { (0x30...0x39).contains($0) } ? Int(String(decoding: digits, as: UTF8.self)) : nil
    }

    private static func padded(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 5 - digits.count)) + digits
    }
}
