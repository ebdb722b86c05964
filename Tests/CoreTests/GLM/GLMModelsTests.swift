import LocalCodeCore
import Testing

struct GLMModelsTests {
    @Test("a model is found whatever the case, and an unknown one is not")
    func lookup() {
        #expect(GLMModels.model("GLM-4.7")?.id == "glm-4.7")
        #expect(GLMModels.model("glm-4.5-air")?.maxOutputTokens == 98_304)
        #expect(GLMModels.model("glm-9") == nil)
    }

    @Test(
        "names as their makers write them",
        arguments: [
            ("glm-4.7", "GLM-4.7"), ("GLM-4.7-FLASHX", "GLM-4.7-FlashX"), ("glm-4.5-airx", "GLM-4.5-AirX"),
            ("glm-5v-turbo", "GLM-5V-Turbo"), ("glm-4.1v-thinking-flash", "GLM-4.1V-Thinking-Flash"),
            ("glm-4-flash-250414", "GLM-4-Flash-250414"), ("glm-7-new", "GLM-7-New"), ("qwen3-coder", "qwen3-coder"),
        ])
    func displayNames(id: String, name: String) {
        #expect(GLMModels.displayName(of: id) == name)
    }

    @Test("every id stands once, in lower case, and an answer fits into its context")
    func table() {
        #expect(Set(GLMModels.all.map(\.id)).count == GLMModels.all.count)
        for model in GLMModels.all {
            #expect(model.id == model.id.lowercased())
            #expect(model.maxOutputTokens <= model.contextTokens)
            #expect(model.thinking != .none || model.efforts.isEmpty)
        }
    }
}
