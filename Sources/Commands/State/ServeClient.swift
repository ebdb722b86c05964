import LocalCodeCore

/// Asks a running `serve`.
struct ServeClient: Sendable {
    /// `http://127.0.0.1:4242`
    let origin: String
    let key: String?
    /// The model whose slots are meant; nil: the default one.
    let model: String?
    let client: HTTPClient

    /// Who answers at a place.
    enum Presence: Sendable, Equatable {
        case localCode
        /// Someone else.
        case other
        /// Nobody, and why.
        case absent(String)
    }

    /// Reading a long prompt takes minutes, in which nothing is sent.
    private static let patience = Duration.seconds(3600)
    private static let answerLimit = 16 << 20

    init(origin: String, key: String?, model: String? = nil, client: HTTPClient) {
        self.origin = origin
        self.key = key
        self.model = model
        self.client = client
    }

    /// The one that should answer where the settings say.
    init(_ invocation: Invocation) throws {
        do {
            client = try HTTPClient(HTTPClient.Configuration(environment: invocation.context.environment))
        } catch {
            throw Failure(error.message)
        }
        origin = OpenCodeCommand.origin(
            host: invocation["host"] ?? "127.0.0.1", port: invocation.integer("port") ?? 0)
        key = invocation["api-key"]
        model = invocation.source(of: "model") == .flag ? invocation["model"] : nil
    }

    func presence() async -> Presence {
        // Port 0 is none that one could ask.
        guard !origin.hasSuffix(":0") else { return .absent("the port of 'localcode serve' is not known") }
        do {
            let response = try await client.send(
                HTTPRequest(url: "\(origin)/health", connectTimeout: .seconds(3), idleTimeout: .seconds(10)))
            let health = try? JSONValue(parsing: try await response.body.collect(upTo: 1 << 16))
            return health?["provider"]?.string == "LocalCode" ? .localCode : .other
        } catch let error as HTTPClientError where error.kind == .connect {
            return .absent("nothing listens there")
        } catch let error as HTTPClientError {
            return error.kind == .broken ? .other : .absent(error.message)
        } catch {
            return .absent("\(error)")
        }
    }

    var service: StateService {
        StateService(
            name: "localcode serve at \(origin)",
            slots: { try await get("/localcode/slots" + (model.map { "?model=\(Self.escaped($0))" } ?? "")) },
            save: { name, slot, conversation in
                try await post("/localcode/state/save", body(name, slot, conversation))
            },
            load: { name, slot in try await post("/localcode/state/load", body(name, slot)) },
            warm: { body in try await post("/localcode/cache/warm", body) },
            close: {})
    }

    private func body(_ name: String, _ slot: Int?, _ conversation: String? = nil) -> [UInt8] {
        var body: JSONObject = ["name": .string(name)]
        body["slot"] = slot.map { .number($0) }
        body["conversation"] = conversation.map { .string($0) }
        body["model"] = model.map { .string($0) }
        return JSONValue.object(body).bytes
    }

    /// For a query: every byte that may mean something there is spelt out.
    static func escaped(_ text: String) -> String {
        text.utf8.map { byte in
            let isPlain =
                UnicodeScalar(byte).properties.isAlphabetic && byte < 0x80 || (0x30...0x39).contains(byte)
                || "-._".utf8.contains(byte)
            guard !isPlain else { return String(UnicodeScalar(byte)) }
            let digits = String(byte, radix: 16, uppercase: true)
            return "%" + (digits.count < 2 ? "0" : "") + digits
        }.joined()
    }

    func get(_ path: String) async throws -> JSONValue {
        try await answer(HTTPRequest(url: origin + path, headers: headers, idleTimeout: Self.patience), path)
    }

    func post(_ path: String, _ body: [UInt8]) async throws -> JSONValue {
        var headers = headers
        headers.add("Content-Type", "application/json")
        return try await answer(
            HTTPRequest(method: "POST", url: origin + path, headers: headers, body: body, idleTimeout: Self.patience),
            path)
    }

    private var headers: HTTPHeaders {
        var headers: HTTPHeaders = ["Accept": "application/json"]
        if let key { headers.add("Authorization", "Bearer \(key)") }
        return headers
    }

    private func answer(_ request: HTTPRequest, _ path: String) async throws -> JSONValue {
        let (status, bytes): (Int, [UInt8])
        do {
            let response = try await client.send(request)
            (status, bytes) = (response.status, try await response.body.collect(upTo: Self.answerLimit))
        } catch let error as HTTPClientError {
            throw Failure("\(origin)\(path): \(error.message)")
        }
        let value = try? JSONValue(parsing: bytes)
        guard (200...299).contains(status), let value else {
            let said = value?["error"]?["message"]?.string.map(TerminalText.neutralized)
            throw Failure(
                said ?? "\(origin)\(path) answered with status \(status)",
                hint: Self.hint(status, code: value?["error"]?["code"]?.string))
        }
        return value
    }

    private static func hint(_ status: Int, code: String?) -> String? {
        switch status {
        case 401, 403: "set LOCALCODE_API_KEY or pass --api-key"
        // It knows the address, and has said what is not there.
        case 404 where code == "model_not_found": "'localcode models' lists them"
        case 404: "is 'localcode serve' as new as this program?"
        default: nil
        }
    }
}
