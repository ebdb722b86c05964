/// The members of a small object in canonical order, each name once.
struct CanonicalMembers {
    private(set) var list: [(key: JSONView, value: JSONView)] = []

    /// More than any message has.
    private static let limit = 64

    /// Nil if this is no object, or has too many members to hold.
    init?(_ view: JSONView) {
        guard view.kind == .object else { return nil }
        list.reserveCapacity(8)
        for (key, value) in view.members {
            guard list.count < Self.limit else { return nil }
            insert(key, value)
        }
    }

    /// A member's value.
    subscript(_ key: String) -> JSONView? { list.first { $0.key.equals(key) }?.value }

    private mutating func insert(_ key: JSONView, _ value: JSONView) {
        var place = list.count
        while place > 0 {
            let order = Self.compare(list[place - 1].key, key)
            if order == 0 {
                list[place - 1].value = value
                return
            }
            if order < 0 { break }
            place -= 1
        }
        list.insert((key, value), at: place)
    }

    private static func compare(_ one: JSONView, _ other: JSONView) -> Int {
        one.document.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return 0 }
            return CanonicalKey.compare(base + one.start, base + other.start)
        }
    }
}
