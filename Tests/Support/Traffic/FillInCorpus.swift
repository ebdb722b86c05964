import LocalCodeCore

/// What fills gaps, embeds and ranks.
enum FillInCorpus {
    static func cases(_ random: inout TrafficRandom) -> [TrafficCase] {
        var cases: [TrafficCase] = []
        for isVim in [true, false] {
            let client: RequestClient = isVim ? .llamaVim : .llamaVSCode
            let name = isVim ? "llama.vim" : "llama.vscode"
            let headers: HTTPHeaders = isVim ? ["User-Agent": "curl/8.14.1"] : ["User-Agent": "axios/1.7.9"]
            for warms in [false, true] {
                for chunks in [0, 2] {
                    let body = infill(warms: warms, chunks: chunks, isVim: isVim, &random)
                    let what = warms ? "warms its ring" : "a gap"
                    cases.append(TrafficCase("\(name): \(what)", client, .fim, headers: headers, body: body))
                }
            }
        }
        return cases + plain(&random)
    }

    private static func infill(
        warms: Bool, chunks: Int, isVim: Bool, _ random: inout TrafficRandom
    ) -> JSONValue {
        var body: JSONValue = [
            "id_slot": 0, "input_prefix": warms ? "" : .string(random.code(900, numbered: false) + "\n"),
            "input_suffix": warms ? "" : .string("\n" + random.code(300, numbered: false)),
            "input_extra": .array(
                (0..<chunks).map { _ in
                    ["filename": .string(random.file()), "text": .string(random.code(500, numbered: false))]
                }),
            "prompt": warms ? "" : "    def to", "n_predict": warms ? 0 : 128,
        ]
        if !warms {
            body["n_indent"] = 4
            body["top_k"] = 40
            body["top_p"] = 0.9
        }
        body["stream"] = false
        body["samplers"] = warms ? [] : ["top_k", "top_p", "infill"]
        body["cache_prompt"] = true
        body["t_max_prompt_ms"] = warms ? 1 : 500
        body["t_max_predict_ms"] = .number(warms ? 1 : isVim ? 1000 : 250)
        body["response_fields"] = ["content", "timings/prompt_n", "timings/predicted_n", "truncated"]
        return body
    }

    private static func plain(_ random: inout TrafficRandom) -> [TrafficCase] {
        let python: HTTPHeaders = ["User-Agent": "OpenAI/Python 2.8.0", "X-Stainless-Lang": "python"]
        let curl: HTTPHeaders = ["User-Agent": "curl/8.14.1", "Accept": "*/*"]
        let documents = JSONValue.array((0..<3).map { _ in .string(random.paragraph(200)) })
        func one(
            _ name: String, _ client: RequestClient, _ kind: RequestKind, _ headers: HTTPHeaders, _ body: JSONValue
        )
            -> TrafficCase
        {
            TrafficCase(name, client, kind, headers: headers, body: body)
        }
        return [
            one("embedding", .sdk, .embedding, python, ["model": "embed", "input": "the parser drops the token"]),
            one(
                "embeddings", .sdk, .embedding, python,
                ["model": "embed", "input": documents, "encoding_format": "base64"]),
            one("embedding by curl", .sdk, .embedding, curl, ["input": "hello", "model": "embed"]),
            one("embedding by nobody known", .unknown, .embedding, [:], ["model": "embed", "input": ["a", "b"]]),
            one(
                "rerank", .sdk, .rerank, curl,
                ["model": "rank", "query": "where is the token dropped?", "documents": documents, "top_n": 2]),
            one(
                "rerank by nobody known", .unknown, .rerank, ["User-Agent": "search-box/0.1"],
                ["query": "parser", "documents": documents]),
            one(
                "infill by curl", .sdk, .fim, curl,
                ["input_prefix": "def add(a, b):\n", "input_suffix": "\n\nprint(add(1, 2))", "n_predict": 32]),
            one(
                "completion with a suffix", .sdk, .fim, python,
                ["model": "main", "prompt": "def add(a, b):\n", "suffix": "\n\nprint(add(1, 2))", "max_tokens": 32]),
            one(
                "completion", .sdk, .completion, python, ["model": "main", "prompt": "Once upon", "max_tokens": 32]),
            one(
                "completion with an empty suffix", .sdk, .completion, python,
                ["model": "main", "prompt": "Once upon", "suffix": "", "max_tokens": 32]),
            one("completion by curl", .sdk, .completion, curl, ["prompt": "1 + 1 =", "n_predict": 8]),
        ]
    }
}
