@testable import LocalCodeCore

/// Tools like a coding agent's.
enum OfferedToolsSample {
    static let json = #"""
        [{"type":"function","function":{"name":"read","description":"Reads a file","parameters":{"type":"object",
          "properties":{"filePath":{"type":"string"},"offset":{"type":"integer"},"limit":{"type":"integer"}},
          "required":["filePath"],"additionalProperties":false}}},
         {"type":"function","function":{"name":"bash","parameters":{"type":"object",
          "properties":{"command":{"type":"string"},"timeout":{"type":["number","null"]},"background":{"type":"boolean"}},
          "required":["command"]}}},
         {"type":"function","function":{"name":"edit","parameters":{"type":"object",
          "properties":{"filePath":{"type":"string"},"oldString":{"type":"string"},"newString":{"type":"string"},
            "replaceAll":{"type":"boolean"}},
          "required":["filePath","oldString","newString"],"additionalProperties":false}}},
         {"type":"function","function":{"name":"todowrite","parameters":{"type":"object","properties":{"todos":{"type":"array",
            "items":{"$ref":"#/$defs/todo"}}},"required":["todos"],"$defs":{"todo":{"type":"object","properties":{
              "content":{"type":"string"},"status":{"type":"string","enum":["pending","in_progress","completed"]},
              "priority":{"type":"integer"}},"required":["content","status"]}}}}},
         {"type":"function","function":{"name":"list_files"}}]
        """#

    static let tools = OfferedTools(try? JSONView(validating: Array(json.utf8)))

    static func chat(_ more: String = "") throws -> ChatRequest {
        let body = #"{"model":"m","messages":[{"role":"user","content":"u"}],"tools":\#(json)\#(more)}"#
        return try ChatRequest(JSONView(validating: Array(body.utf8)), kind: .chat)
    }
}
