extension Exchange {
    /// GET /metrics
    func showMetrics() async throws {
        let models = await proxy.backends.fleet?.report() ?? []
        let text = MetricsText.text(proxy.metrics.figures, models: models)
        try await send(Array(text.utf8), headers: ["Cache-Control": "no-store"], contentType: MetricsText.contentType)
        note(status: 200)
    }
}
