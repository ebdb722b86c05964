import LocalCodeCore

extension Command {
    /// `localcode route`
    public static let route = Command(
        name: "route",
        summary: "See which model answers a request, and why",
        subcommands: [routeExplain])

    private static let routeExplain = Command(
        name: "explain",
        summary: "Tell what a request is, and which model would answer it",
        details: """
            Prints who sent the request and what it is for, with the words that told; what its content wants of a model; \
            the rule of localcode.yaml that holds; the candidates with what each would take; and, for requests that were \
            answered, who was asked, what the slot held and which stabilisers changed the prompt.

            The 'localcode serve' of this machine is asked, or with --url another one: it knows what its engines hold. \
            No model is asked anything. Where none answers, localcode.yaml alone decides, without prices.

            The file holds the body of a request, or {"headers":{…},"body":{…}}. Requests that were sent are kept, the \
            last 200: GET /v1/localcode/requests lists them, and --last shows the newest.
            """,
        operands: [Operand("FILE", "the request; - is standard input", completion: .file)],
        options: [
            Option("last", "l", help: "explain the last request that the server got"),
            Option(
                "header", "H", value: "FIELD", repeats: true,
                help: "a header field of the request, such as 'User-Agent: opencode/1.18.18'"),
            .json,
            Option(
                "url", value: "URL", kind: .url, completion: .host,
                help: "ask the 'localcode serve' at this URL instead of the one of this machine"),
            .host, .port, .apiKey, .model, .glmKey, .glmURL,
        ],
        examples: [
            Example("localcode route explain --last", "find out why the last request went where it went"),
            Example(
                "localcode route explain request.json -H 'x-localcode-agent: title'",
                "see what would become of a request"),
        ],
        run: { try await RouteExplain(invocation: $0).run() })
}
