import Testing

@testable import LocalCodeCore

@Suite struct RerankRequestTests {
    private func read(_ json: String) throws -> RerankRequest {
        try RerankRequest(JSONView(validating: Array(json.utf8)))
    }

    @Test func jinasAndCoheresShape() throws {
        let request = try read(
            #"{"model":"m","query":"q","documents":["a",{"text":"b","id":7}],"top_n":1,"return_documents":true}"#)
        #expect(request.shape == .documents)
        #expect(request.model == "m")
        #expect(request.query == "q")
        #expect(request.documents.map(\.text) == ["a", "b"])
        #expect(request.topN == 1)
        #expect(request.returnsDocuments)
        #expect(!request.wantsRawScores)
        #expect(request.limits == DocumentLimits())
    }

    @Test func coheresOwnFields() throws {
        let request = try read(
            """
            {"query":"q","documents":[{"title":"T","body":"B","n":1}],"rank_fields":["title","missing","body"],
            "max_chunks_per_doc":3,"max_tokens_per_doc":100}
            """)
        #expect(request.documents.map(\.text) == ["T\nB"])
        #expect(request.limits == DocumentLimits(pieces: 3, tokens: 100))
        #expect(!request.returnsDocuments)
    }

    @Test func theShapeOfTextEmbeddingsInference() throws {
        let request = try read(
            #"{"query":"q","texts":["a"],"raw_scores":true,"return_text":true,"truncate":true,"truncation_direction":"Left"}"#
        )
        #expect(request.shape == .texts)
        #expect(request.wantsRawScores)
        #expect(request.returnsDocuments)
        #expect(request.limits == DocumentLimits(pieces: 1, keepsEnd: true))
        #expect(try read(#"{"query":"q","texts":["a"],"truncate":false,"top_n":null}"#).limits == DocumentLimits())
    }

    @Test(arguments: [
        (#"[]"#, nil), (#"{"documents":["a"]}"#, "query"), (#"{"query":1,"documents":["a"]}"#, "query"),
        (#"{"query":" \n","documents":["a"]}"#, "query"), (#"{"query":"q"}"#, "documents"),
        (#"{"query":"q","documents":"a"}"#, "documents"), (#"{"query":"q","documents":[]}"#, "documents"),
        (#"{"query":"q","documents":["a",1]}"#, "documents[1]"),
        (#"{"query":"q","documents":[{"image":"x"}]}"#, "documents[0]"),
        (#"{"query":"q","documents":[{"text":null}]}"#, "documents[0]"),
        (#"{"query":"q","documents":["a"],"top_n":0}"#, "top_n"),
        (#"{"query":"q","documents":["a"],"top_n":"2"}"#, "top_n"),
        (#"{"query":"q","documents":["a"],"rank_fields":[]}"#, "rank_fields"),
        (#"{"query":"q","documents":["a"],"return_documents":"yes"}"#, "return_documents"),
        (#"{"query":"q","documents":["a"],"model":5}"#, "model"), (#"{"query":"q","texts":[]}"#, "texts"),
        (#"{"query":"q","texts":[{"text":"a"}]}"#, "texts"),
        (#"{"query":"q","texts":["a"],"truncation_direction":"up"}"#, "truncation_direction"),
    ])
    func aWrongFieldIsNamed(body: String, field: String?) throws {
        let error = #expect(throws: APIError.self) { try read(body) }
        #expect(error?.status == 400)
        #expect(error?.param == field)
    }

    @Test func thereIsAMostOfDocuments() throws {
        func body(_ count: Int) -> String {
            #"{"query":"q","documents":["# + Array(repeating: #""a""#, count: count).joined(separator: ",") + "]}"
        }
        #expect(try read(body(RerankRequest.documentLimit)).documents.count == RerankRequest.documentLimit)
        #expect(#expect(throws: APIError.self) { try read(body(RerankRequest.documentLimit + 1)) }?.status == 413)
    }
}

@Suite struct RerankAnswerTests {
    private let scores = RerankScores(values: [-1, 2, -1, 0.5], scale: .logit)

    private func answer(_ json: String, _ scores: RerankScores? = nil) throws -> JSONValue {
        let request = try RerankRequest(JSONView(validating: Array(json.utf8)))
        return try JSONValue(
            parsing: RerankAnswer.body(scores ?? self.scores, for: request, id: "lc-1", model: "ranker"))
    }

    @Test func theBestComesFirstAndEqualsStayInOrder() throws {
        let answer = try answer(#"{"query":"q","documents":["a","b","c","d"]}"#)
        #expect(answer["results"]?.array?.map { $0["index"]?.int } == [1, 3, 0, 2])
        #expect(answer["results"]?[0]?["document"] == nil)
    }

    @Test func jinasAndCoheresFieldsAreThere() throws {
        var scores = scores
        scores.usage.prompt = 40
        let answer = try answer(#"{"query":"q","documents":["a","b","c","d"],"top_n":2}"#, scores)
        #expect(answer["results"]?.array?.count == 2)
        #expect(answer["model"]?.string == "ranker")
        #expect(answer["usage"] == ["prompt_tokens": 40, "total_tokens": 40])
        #expect(answer["id"]?.string == "lc-1")
        #expect(answer["meta"]?["billed_units"]?["search_units"]?.int == 1)
        #expect(answer["meta"]?["tokens"]?["input_tokens"]?.int == 40)
    }

    @Test func scoresLieBetweenZeroAndOneUnlessRaw() throws {
        let relevance = try answer(#"{"query":"q","documents":["a","b","c","d"]}"#)["results"]?[0]?["relevance_score"]
        #expect(abs((relevance?.double ?? 0) - 0.880797) < 1e-6)
        let raw = try answer(#"{"query":"q","documents":["a","b","c","d"],"raw_scores":true}"#)
        #expect(raw["results"]?[0]?["relevance_score"]?.double == 2)
    }

    @Test func documentsComeBackAsTheyWere() throws {
        let answer = try answer(
            #"{"query":"q","documents":["a","b\u0041",{"text":"c","id":1.0},"d"],"return_documents":true}"#)
        let results = answer["results"]?.array ?? []
        #expect(results.first { $0["index"]?.int == 1 }?["document"] == ["text": "bA"])
        #expect(results.first { $0["index"]?.int == 2 }?["document"] == ["text": "c", "id": 1])
    }

    @Test func textEmbeddingsInferenceGetsAList() throws {
        let answer = try answer(#"{"query":"q","texts":["a","b","c","d"],"raw_scores":true,"return_text":true}"#)
        #expect(answer.array?.count == 4)
        #expect(answer[0] == ["index": 1, "text": "b", "score": 2])
    }

    @Test func errorsAreInTheWordsOfTheAPI() throws {
        let error = APIError(status: 400, message: "no \"x\"", param: "query")
        let documents = try JSONValue(parsing: RerankAnswer.body(of: error, .documents))
        #expect(documents["message"]?.string == "no \"x\"")
        #expect(documents["detail"]?.string == "no \"x\"")
        #expect(documents["error"]?["param"]?.string == "query")
        func texts(_ error: APIError) throws -> JSONValue {
            try JSONValue(parsing: RerankAnswer.body(of: error, .texts))
        }
        #expect(try texts(error) == ["error": "no \"x\"", "error_type": "Validation"])
        #expect(try texts(APIError(status: 503, message: "m"))["error_type"]?.string == "Overloaded")
        #expect(try texts(APIError(status: 502, message: "m"))["error_type"]?.string == "Backend")
    }

    @Test func cosinesBelowZeroStayInOrder() {
        let scores = RerankScores(values: [-0.5, -0.1, 0.25], scale: .cosine)
        #expect(scores.order == [2, 1, 0])
        #expect((0..<3).map { scores.relevance(of: $0) } == [0, 0, 0.25])
    }
}
