/// The values of a model that are filed under its architecture: `llama.block_count`.
struct ArchitectureKeys {
    let file: GGUFFile
    let architecture: String

    /// No width, count or length of a model is larger, and two of them can be multiplied.
    static let limit = Int(Int32.max)

    func value(_ key: String) -> GGUFValue? { file["\(architecture).\(key)"] }

    /// A count or length; nil where the file has none.
    func number(_ key: String, most: Int = limit) throws(GGUFError) -> Int? {
        guard let value = value(key) else { return nil }
        return try checked(value, key, most)
    }

    /// A count for each layer: one for all of them, or an array. Nil where the file has none.
    func numbers(_ key: String, layers: Int) throws(GGUFError) -> [Int]? {
        guard let value = value(key) else { return nil }
        guard let array = value.array else {
            return [Int](repeating: try checked(value, key, Self.limit), count: layers)
        }
        guard array.count >= layers else { throw damage(key, "has \(array.count) values for \(layers) layers") }
        var numbers: [Int] = []
        for layer in 0..<layers { numbers.append(try checked(array[layer], key, Self.limit)) }
        return numbers
    }

    /// A truth value for each layer; nil where the file has no array of them.
    func flags(_ key: String, layers: Int) throws(GGUFError) -> [Bool]? {
        guard let array = value(key)?.array else { return nil }
        guard array.count >= layers else { throw damage(key, "has \(array.count) values for \(layers) layers") }
        return (0..<layers).map { layer in array[layer].map { $0.bool ?? ($0.integer != 0) } ?? false }
    }

    private func checked(_ value: GGUFValue?, _ key: String, _ most: Int) throws(GGUFError) -> Int {
        guard let number = value?.integer, (0...most).contains(number) else {
            throw damage(key, "is no number from 0 to \(most)")
        }
        return number
    }

    private func damage(_ key: String, _ what: String) -> GGUFError {
        GGUFError(.damaged, file.path, "its \(architecture).\(key) \(what)")
    }
}
