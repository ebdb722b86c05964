import LocalCodeCore
import Testing

struct HTTPHeadersTests {
    @Test func namesCompareWithoutCase() {
        let headers: HTTPHeaders = ["Content-Type": "a", "X": "b"]
        #expect(headers["content-type"] == "a" && headers["CONTENT-TYPE"] == "a" && headers["Content-Typ"] == nil)
        // Only letters have a case: "[" and "{" are 32 apart as well.
        #expect((["X[": "1"] as HTTPHeaders)["x{"] == nil)
        #expect(headers == ["content-type": "a", "x": "b"])
        #expect(headers != ["x": "b", "content-type": "a"])
    }

    @Test func settingReplacesAllInTheFirstPlace() {
        var headers: HTTPHeaders = ["A": "1", "B": "2", "a": "3", "C": "4"]
        headers["A"] = "5"
        #expect(Array(headers.map(\.value)) == ["5", "2", "4"])
        headers["D"] = "6"
        #expect(headers.map(\.name).last == "D")
        headers["b"] = nil
        #expect(headers.map(\.name) == ["A", "C", "D"] && headers.count == 3)
    }

    @Test func addingKeepsOthers() {
        var headers = HTTPHeaders()
        headers.add("Set-Cookie", "a")
        headers.add("set-cookie", "b")
        #expect(headers.all("SET-COOKIE") == ["a", "b"] && headers["set-cookie"] == "a")
    }
}
