extension Exchange {
    /// GET /localcode/models
    func reportModels() async throws {
        let reports = await proxy.backends.fleet?.report() ?? []
        try await send(proxy.metrics.modelsJSON(reports).bytes)
        note(status: 200)
    }

    /// POST /localcode/steer
    func steer() async throws {
        let order = try SteeringOrder(json())
        guard let fleet = proxy.backends.fleet else {
            throw APIError(
                status: 501, message: "no model can be steered here: none is configured in localcode.yaml",
                code: "no_models")
        }
        try await fleet.steer(order.model, vectors: order.vectors, layers: order.layers)
        let name = proxy.backends.models.first { $0.isCalled(order.model) }?.name ?? order.model
        let report = await fleet.report().first { $0.name == name }
        try await send(report.map { proxy.metrics.modelJSON($0).bytes } ?? Array("{}".utf8))
        note(status: 200)
    }
}

/// What a client wants of a model's control vectors: `{"model","vectors":[{"path","scale"}],"layers":[FIRST,LAST]}`.
struct SteeringOrder: Sendable, Equatable {
    let model: String
    /// None takes the set away.
    let vectors: [ModelEntry.Scaled]
    /// Nil: all.
    let layers: ClosedRange<Int>?

    private static let limit = 64

    /// - Throws: `APIError` with status 400 that names the field.
    init(_ body: JSONView) throws(APIError) {
        guard body.kind == .object else {
            throw APIError(status: 400, message: "the request body must be a JSON object")
        }
        guard let model = body["model"]?.string, !model.isEmpty else {
            throw .invalid("model", "'model' is missing: the name of a configured model")
        }
        guard let list = body["vectors"], list.kind == .array else {
            throw .invalid(
                "vectors", "'vectors' is missing: an array of {path, scale} objects; an empty one steers no more")
        }
        var vectors: [ModelEntry.Scaled] = []
        for element in list.elements {
            guard vectors.count < Self.limit else {
                throw .invalid("vectors", "'vectors' has more than \(Self.limit) elements")
            }
            vectors.append(try Self.vector(element, "vectors[\(vectors.count)]"))
        }
        self.model = model
        self.vectors = vectors
        layers = try Self.layers(body["layers"])
    }

    private static func vector(_ value: JSONView, _ name: String) throws(APIError) -> ModelEntry.Scaled {
        guard let path = value["path"]?.string, path.hasPrefix("/") else {
            throw .invalid("\(name).path", "'\(name).path' must be the absolute path of a file")
        }
        guard let scale = value["scale"], !scale.isNull else { return ModelEntry.Scaled(path: path) }
        guard scale.kind == .number, let number = scale.double else {
            throw .invalid("\(name).scale", "'\(name).scale' must be a number")
        }
        return ModelEntry.Scaled(path: path, scale: number)
    }

    private static func layers(_ value: JSONView?) throws(APIError) -> ClosedRange<Int>? {
        guard let value, !value.isNull else { return nil }
        let numbers = value.kind == .array ? value.elements.prefix(3).map { $0.kind == .number ? $0.int : nil } : []
        guard numbers.count == 2, let first = numbers[0], let last = numbers[1], first >= 0, first <= last else {
            throw .invalid("layers", "'layers' must be two numbers of layers, the first and the last one")
        }
        return first...last
    }
}
