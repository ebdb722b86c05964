/// The members of an object in order, each name once. Names are compared by their Unicode scalars, as JSON does, and not by
/// canonical equivalence.
public struct JSONObject: Sendable, Sequence {
    private var members: [(key: String, value: JSONValue)] = []
    /// Where each name stands; kept only for objects too large to search.
    private var places: [JSONName: Int]?
    private static let searchLimit = 16

    /// An object without members.
    public init() {}

    /// The number of members.
    public var count: Int { members.count }

    /// Whether there are no members.
    public var isEmpty: Bool { members.isEmpty }

    /// The names in order.
    public var keys: [String] { members.map(\.key) }

    /// The member's value. Setting one keeps its place or appends; setting nil takes it out.
    public subscript(_ key: String) -> JSONValue? {
        get { place(of: key).map { members[$0].value } }
        set {
            switch (place(of: key), newValue) {
            case (let place?, let value?): members[place].value = value
            case (let place?, nil): remove(at: place)
            case (nil, let value?): add(key, value)
            case (nil, nil): break
            }
        }
    }

    /// Puts a member at the end; one of that name that was there before is taken out.
    public mutating func append(key: String, value: JSONValue) {
        if let place = place(of: key) { remove(at: place) }
        add(key, value)
    }

    /// An iterator over the members in order.
    public func makeIterator() -> IndexingIterator<[(key: String, value: JSONValue)]> { members.makeIterator() }

    /// The number of members.
    public var underestimatedCount: Int { members.count }

    private func place(of key: String) -> Int? {
        if let places { return places[JSONName(key)] }
        return members.firstIndex { JSONName($0.key) == JSONName(key) }
    }

    private mutating func add(_ key: String, _ value: JSONValue) {
        places?[JSONName(key)] = members.count
        members.append((key, value))
        if places == nil, members.count > Self.searchLimit { index() }
    }

    private mutating func remove(at place: Int) {
        members.remove(at: place)
        places = nil
        if members.count > Self.searchLimit { index() }
    }

    private mutating func index() {
        var places = Dictionary<JSONName, Int>(minimumCapacity: members.count)
        for (place, member) in members.enumerated() { places[JSONName(member.key)] = place }
        self.places = places
    }
}

extension JSONObject: Equatable {
    /// Whether both have the same members, in whatever order.
    public static func == (left: JSONObject, right: JSONObject) -> Bool {
        JSONValue.object(left) == JSONValue.object(right)
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    /// The members as they are listed; the last one of a name counts.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        for (key, value) in elements { self[key] = value }
    }
}

/// A string that is equal only to the same Unicode scalars.
private struct JSONName: Hashable {
    let string: String

    init(_ string: String) { self.string = string }

    static func == (left: JSONName, right: JSONName) -> Bool {
        // Almost always one of the first two settles it, and both are quick.
        left.string.utf8.count == right.string.utf8.count && left.string == right.string
            && left.string.utf8.elementsEqual(right.string.utf8)
    }

    func hash(into hasher: inout Hasher) {
        var string = string
        string.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        hasher.combine(0xFF as UInt8)
    }
}
