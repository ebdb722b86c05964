import LocalCodeCore

/// A request to explain: its header fields and its body.
struct RouteSubject {
    let headers: HTTPHeaders
    let body: JSONView
    /// What it is called in errors.
    private let name: String

    /// Reads a file with a body, or with `{"headers":{…},"body":{…}}`; `-` is standard input.
    /// - Parameter fields: replace those of the file.
    static func read(_ file: String, adding fields: [(name: String, value: String)], _ context: Context) throws
        -> RouteSubject
    {
        let name = file == "-" ? "standard input" : TerminalText.neutralized(file)
        let bytes = try RequestFile.bytes(file, context)
        let view: JSONView
        do throws(JSONError) {
            view = try JSONView(validating: bytes)
        } catch {
            throw Failure("\(name) is no JSON: \(error)", hint: "it must hold the body of a request")
        }
        func object(_ view: JSONView, _ what: String) throws {
            guard view.kind != .object else { return }
            throw Failure("\(what) is no object of JSON", hint: expected)
        }
        try object(view, name)
        var headers: HTTPHeaders = [:]
        var body = view
        if view["messages"] == nil, view["prompt"] == nil, view["body"] != nil || view["headers"] != nil {
            if let fields = view["headers"] {
                try object(fields, "'headers' in \(name)")
                for (key, value) in fields.members {
                    guard let key = key.string, let value = value.string else {
                        throw Failure(
                            "'headers' in \(name) takes names of header fields, each with a text", hint: expected)
                    }
                    headers[key] = value
                }
            }
            guard let inner = view["body"] else {
                throw Failure("\(name) has 'headers', but no 'body'", hint: expected)
            }
            try object(inner, "'body' in \(name)")
            body = inner
        }
        for (name, value) in fields { headers[name] = value }
        return RouteSubject(headers: headers, body: body, name: name)
    }

    private static let expected =
        #"give a request's body, {"messages":[…]}, or {"headers":{"x-localcode-kind":"title"},"body":{"messages":[…]}}"#

    /// Takes `NAME: VALUE` apart.
    static func field(_ text: String) throws -> (name: String, value: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let name = parts[0].split(whereSeparator: \.isWhitespace)
        guard parts.count == 2, name.count == 1 else {
            throw UsageError("--header: '\(text)' is no header field", hint: "--header 'x-localcode-agent: title'")
        }
        let value = parts[1].drop(while: \.isWhitespace)
        return (String(name[0]), String(value.reversed().drop(while: \.isWhitespace).reversed()))
    }

    /// The request as one that the rules can be asked about.
    /// - Throws: `Failure`
    var chat: ChatRequest {
        get throws {
            let kind: ChatRequest.Kind =
                body["messages"] != nil ? .chat : body["input_prefix"] != nil ? .infill : .completion
            do throws(APIError) {
                return try ChatRequest(body, kind: kind)
            } catch {
                throw Failure("\(name) is no request that is routed: \(error.message)")
            }
        }
    }

    /// What `serve` is asked.
    var json: JSONValue {
        var fields = JSONObject()
        for (name, value) in headers { fields[name] = .string(value) }
        return ["headers": .object(fields), "body": JSONValue(body)]
    }
}
