/// Everything that makes a state readable by one engine and by no other, as named values.
///
/// llama-server checks the shapes of a state and not whose it is: it takes the state of another fine-tune, or one made with
/// another rope setting, without a word. What two engines must have in common is therefore kept here, and a state is only
/// ever given to an engine whose fingerprint has the same digest.
public struct Fingerprint: Sendable, Equatable {
    /// One named value.
    public struct Component: Sendable, Equatable {
        /// What it is: `model`, `type-k`, `context-per-slot`.
        public let name: String
        /// Its value, in a spelling that is equal when and only when the meaning is.
        public let value: String

        /// A named value.
        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// A value that two fingerprints do not have in common. Nil: that side has no such component.
    public struct Difference: Sendable, Equatable {
        /// The component's name.
        public let name: String
        /// Its value here.
        public let ours: String?
        /// Its value in the other fingerprint.
        public let theirs: String?
    }

    /// The components, sorted by the bytes of their names; each name once.
    public let components: [Component]
    /// Equal for equal components, whatever the order they were given in.
    public let digest: Digest

    /// A fingerprint of these components. Of several with one name the last one counts.
    public init(_ components: [Component]) {
        var values: [String: String] = [:]
        for component in components { values[component.name] = component.value }
        self.components = values.map { Component(name: $0.key, value: $0.value) }
            .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        digest = Self.digest(of: self.components)
    }

    /// The value of a component; nil where there is none.
    public subscript(_ name: String) -> String? { components.first { $0.name == name }?.value }

    /// What is not the same in another fingerprint, sorted by name.
    public func differences(from other: Fingerprint) -> [Difference] {
        let names = Set(components.map(\.name)).union(other.components.map(\.name))
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.compactMap { name in
            let (ours, theirs) = (self[name], other[name])
            return ours == theirs ? nil : Difference(name: name, ours: ours, theirs: theirs)
        }
    }

    /// SHA-256 over each name and value with their lengths in front (64 bits, big endian), so that no two lists of
    /// components run together to the same bytes.
    private static func digest(of components: [Component]) -> Digest {
        var bytes = Array("localcode fingerprint 1\n".utf8)
        func append(_ text: String) {
            withUnsafeBytes(of: UInt64(text.utf8.count).bigEndian) { bytes.append(contentsOf: $0) }
            bytes.append(contentsOf: text.utf8)
        }
        for component in components {
            append(component.name)
            append(component.value)
        }
        return SHA256.digest(bytes)
    }
}

extension Fingerprint {
    /// An object with a member for each component.
    public var json: JSONValue {
        var object = JSONObject()
        for component in components { object[component.name] = .string(component.value) }
        return .object(object)
    }

    /// The fingerprint that `json` describes; nil if that is no object of strings.
    public init?(json: JSONValue) {
        guard let object = json.object else { return nil }
        var components: [Component] = []
        for (name, value) in object {
            guard let value = value.string else { return nil }
            components.append(Component(name: name, value: value))
        }
        self.init(components)
    }
}
