/// The tools of a request, as far as the calls in its answer are held against them.
struct OfferedTools: Sendable {
    /// Their names, in order.
    let names: [String]
    private let parameters: [JSONView?]

    /// - Parameter tools: the request's `tools`.
    init(_ tools: JSONView?) {
        var names: [String] = []
        var parameters: [JSONView?] = []
        for tool in tools?.elements.map({ $0["function"] ?? $0 }) ?? [] {
            guard let name = tool["name"]?.string, !name.isEmpty else { continue }
            names.append(name)
            parameters.append(tool["parameters"])
        }
        self.names = names
        self.parameters = parameters
    }

    var isEmpty: Bool { names.isEmpty }

    func contains(_ name: String) -> Bool { names.contains(name) }

    /// The schema of a tool's arguments, a tree of its own; nil where it has none.
    func schema(of name: String) -> JSONValue? {
        guard let place = names.firstIndex(of: name), let schema = parameters[place], schema.kind == .object else {
            return nil
        }
        return JSONValue(schema)
    }

    /// The tool that a name most likely means: itself, in another spelling or behind a name space, or with a slip; nil where
    /// none is near.
    func tool(meant name: String) -> String? {
        if contains(name) { return name }
        let plain = Self.plain(name)
        guard !plain.isEmpty, name.utf8.count <= 128, name.utf8.allSatisfy(Self.isPartOfName) else { return nil }
        let same = names.filter { Self.plain($0) == plain }
        if same.count == 1 { return same[0] }
        let bare = name.split(whereSeparator: { ".:/".contains($0) }).last.map { Self.plain(String($0)) }
        let behind = names.filter { Self.plain($0) == bare }
        if behind.count == 1 { return behind[0] }
        return Spelling.nearest(to: name, among: names.filter { $0.count > 2 })
    }

    private static func isPartOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), 0x30...0x39: true
        case UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: ":"), UInt8(ascii: "/"), Byte.minus, Byte.space: true
        default: false
        }
    }

    /// A name's letters and digits, in lower case: `read_file`, `readFile` and `ReadFile` have the same ones.
    static func plain(_ name: String) -> String {
        String(
            String.UnicodeScalarView(
                name.lowercased().unicodeScalars.filter { $0.properties.isAlphabetic || 0x30...0x39 ~= $0.value }))
    }
}
