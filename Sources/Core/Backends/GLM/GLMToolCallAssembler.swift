/// Makes the pieces of tool calls well-formed: each call has a position, the first piece of it an id and a name, and its
/// arguments are text that adds up to one JSON value.
///
/// Seen from the gateway: index -1, arguments as an object, fields that are null, ids missing; and clients take a call for
/// complete as soon as its arguments parse, so a `{}` is held back until it is known to be all.
struct GLMToolCallAssembler: Sendable {
    private struct Call {
        var id: String
        var name: String?
        /// Whether the first piece has gone to the client.
        var hasStarted = false
        /// Whether arguments have gone to the client.
        var hasArguments = false
        var held = ""
    }

    private let requestID: String
    private let names: [String: String]
    private var calls: [Call] = []
    private var positions: [Int: Int] = [:]

    /// - Parameters:
    ///   - requestID: what ids are made from where they are missing.
    ///   - names: the client's names of tools by those of the request.
    init(requestID: String, names: [String: String] = [:]) {
        self.requestID = requestID
        self.names = names
    }

    /// The ids of the calls that the client has seen.
    var ids: [String] { calls.filter(\.hasStarted).map(\.id) }

    /// Whether a piece with this index and nothing but arguments can go on as it is.
    func continues(index: Int) -> Bool {
        positions[index] == index && calls[index].hasStarted && calls[index].hasArguments
    }

    /// The pieces for the client.
    mutating func push(_ pieces: [JSONValue]) -> [JSONValue] { pieces.compactMap { push($0) } }

    /// The pieces that are due when nothing more comes.
    mutating func finish() -> [JSONValue] {
        calls.indices.compactMap { position in
            guard calls[position].hasStarted, !calls[position].hasArguments else { return nil }
            calls[position].hasArguments = true
            return ["index": .number(position), "function": ["arguments": "{}"]]
        }
    }

    /// The calls of an answer that came in one piece.
    mutating func whole(_ calls: [JSONValue]) -> [JSONValue] {
        calls.compactMap { call in
            guard let name = call["function"]?["name"]?.string, !name.isEmpty else { return nil }
            let id = Self.text(ofID: call["id"]) ?? newID()
            self.calls.append(Call(id: id, name: name, hasStarted: true, hasArguments: true))
            let arguments = Self.text(ofArguments: call["function"]?["arguments"])
            let function: JSONValue = [
                "name": .string(names[name] ?? name),
                "arguments": .string(Self.saysNothing(arguments) ? "{}" : arguments),
            ]
            return ["id": .string(id), "type": "function", "function": function]
        }
    }

    private mutating func push(_ piece: JSONValue) -> JSONValue? {
        let function = piece["function"]
        let name = function?["name"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        let id = Self.text(ofID: piece["id"])
        let position = position(index: piece["index"]?.int, id: id, name: name)
        if !calls[position].hasStarted {
            if let id { calls[position].id = id }
            calls[position].name = calls[position].name ?? name
        }
        take(function?["arguments"], at: position)
        return release(position)
    }

    private mutating func take(_ arguments: JSONValue?, at position: Int) {
        let text = Self.text(ofArguments: arguments)
        let isObject = arguments?.object != nil
        // An object is a whole value: there is nothing to add to what went before.
        if text.isEmpty || isObject && calls[position].hasArguments { return }
        if isObject || Self.saysNothing(calls[position].held) && !calls[position].hasArguments {
            calls[position].held = text
        } else {
            calls[position].held += text
        }
    }

    private mutating func release(_ position: Int) -> JSONValue? {
        guard let name = calls[position].name else { return nil }
        var arguments = ""
        if calls[position].hasArguments || !Self.saysNothing(calls[position].held) {
            arguments = calls[position].held
            calls[position].held = ""
            calls[position].hasArguments = true
        }
        if calls[position].hasStarted {
            if arguments.isEmpty { return nil }
            return ["index": .number(position), "function": ["arguments": .string(arguments)]]
        }
        calls[position].hasStarted = true
        return [
            "index": .number(position), "id": .string(calls[position].id), "type": "function",
            "function": ["name": .string(names[name] ?? name), "arguments": .string(arguments)],
        ]
    }

    /// The place of the call that a piece belongs to.
    private mutating func position(index: Int?, id: String?, name: String?) -> Int {
        if let index, index >= 0 {
            if let known = positions[index] {
                let isOther = id != nil && name != nil && calls[known].hasStarted && calls[known].id != id
                if !isOther { return known }
            }
            positions[index] = calls.count
            return open()
        }
        if let id, let known = calls.firstIndex(where: { $0.id == id }) { return known }
        if let last = calls.indices.last, id == nil, name == nil || calls[last].name == nil { return last }
        return open()
    }

    private mutating func open() -> Int {
        calls.append(Call(id: newID()))
        return calls.count - 1
    }

    private func newID() -> String { "call_\(requestID)_\(calls.count)" }

    private static func text(ofID id: JSONValue?) -> String? {
        id?.string.flatMap { $0.isEmpty ? nil : $0 } ?? id?.int.map(String.init)
    }

    private static func text(ofArguments arguments: JSONValue?) -> String {
        guard let arguments, !arguments.isNull else { return "" }
        return arguments.string ?? String(decoding: arguments.bytes, as: UTF8.self)
    }

    private static func saysNothing(_ arguments: String) -> Bool {
        let text = arguments.filter { !$0.isWhitespace }
        return text.isEmpty || text == "{}" || text == "null"
    }
}
