/// What reads a part of a configuration file value by value, and notes what is wrong on the way.
protocol ConfigurationReading {
    /// Notes what is wrong with the value of a key.
    mutating func refuse(_ key: String, line: Int, _ message: String, hint: String?)
}

extension ConfigurationReading {
    /// Notes what is wrong with the value of a key.
    mutating func refuse(_ key: String, line: Int, _ message: String) { refuse(key, line: line, message, hint: nil) }

    /// The text of one value.
    mutating func text(_ member: ConfigurationFile.Entry) -> String? {
        switch member.value {
        case .scalar(let text) where !text.isEmpty: return text
        case .scalar, .null: refuse(member.key, line: member.line, "nothing, but it takes a value")
        case .list, .nested: refuse(member.key, line: member.line, "a list, but it takes one value")
        case .mapping: refuse(member.key, line: member.line, "a mapping, but it takes one value")
        }
        return nil
    }

    /// The texts of a list; one text is a list of one.
    mutating func texts(_ member: ConfigurationFile.Entry) -> [ConfigurationFile.Item]? {
        switch member.value {
        case .scalar(let text): return [.init(text: text, line: member.line)]
        case .list(let items): return items
        case .null: return []
        case .nested: refuse(member.key, line: member.line, "a list of other things than texts")
        case .mapping: refuse(member.key, line: member.line, "a mapping, but it takes a list")
        }
        return nil
    }

    /// The members of a mapping.
    mutating func members(_ member: ConfigurationFile.Entry) -> [ConfigurationFile.Entry]? {
        if case .mapping(let members) = member.value { return members }
        refuse(member.key, line: member.line, "it takes a mapping", hint: "write lines such as 'name: value' below it")
        return nil
    }
}
