import LocalCodeCore
import Testing

@Suite struct AnswerEligibilityTests {
    private func isEligible(_ members: String) throws -> Bool {
        let text = #"{"messages":[{"role":"user","content":"Hi"}]\#(members.isEmpty ? "" : ",")\#(members)}"#
        let view = try JSONView(validating: Array(text.utf8))
        return AnswerCache.isEligible(try ChatRequest(view, kind: .chat))
    }

    @Test(arguments: [
        #""temperature":0"#, #""temperature":0.0,"stream":true"#, #""seed":42"#, #""seed":0,"temperature":1.5"#,
        #""temperature":0,"n":1"#, #""temperature":0,"n":null,"seed":null"#, #""temperature":1,"temperature":0"#,
        #""temperature":0,"xtc_probability":0,"mirostat":0"#, #""seed":7,"xtc_probability":0.5"#,
        #""seed":7,"samplers":["top_k"]"#, #""temperature":0,"seed":-1"#,
    ])
    func whatIsAnsweredTheSameEachTime(_ members: String) throws {
        #expect(try isEligible(members))
    }

    @Test(arguments: [
        "", #""temperature":0.1"#, #""temperature":null"#, #""seed":null"#, #""seed":-1"#, #""seed":4294967295"#,
        #""seed":"7""#, #""seed":7.5"#, #""temperature":0,"n":2"#, #""seed":7,"n":2"#, #""seed":7,"n":0"#,
        #""seed":7,"n":"1""#, #""temperature":0,"n_cmpl":3"#, #""temperature":0,"temperature":1"#,
        #""temperature":0,"xtc_probability":0.5"#, #""temperature":0,"dynatemp_range":1"#,
        #""temperature":0,"mirostat":2"#, #""temperature":0,"samplers":["top_k"]"#,
    ])
    func whatIsNot(_ members: String) throws {
        #expect(try !isEligible(members))
    }
}
