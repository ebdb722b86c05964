import Support
import Testing

@Suite struct DocumentPageTests {
    @Test func filesAndCommandsInOrder() {
        let page = DocumentPage(
            """
            Text
            ```json a/b.json
            {}
            ```
            ```sh
            not run
            ```
            ```console
            $ one \\
            >   more
            shown
            …
            $ two
            ```
            """)
        #expect(
            page.steps == [
                .file(name: "a/b.json", text: "{}\n"),
                .command(.init(text: "one \\\nmore", shown: ["shown", "…"], line: 9)),
                .command(.init(text: "two", shown: [], line: 13)),
            ])
    }

    @Test(arguments: [
        (["a", "b", "c"], ["a", "…", "c"], true), (["a", "c"], ["a", "…", "c"], true), (["a"], ["a", "…"], true),
        (["a", "b"], ["a"], false), ([], ["a"], false), (["score 0.5 of x"], ["score … of x"], true),
        (["score 0.5 of y"], ["score … of x"], false), (["ab"], ["a…b…c"], false), (["a1b2c"], ["a…b…c"], true),
    ]) func whatIsPrintedIsComparedWithWhatIsShown(printed: [String], shown: [String], isSame: Bool) {
        #expect(DocumentPage.matches(printed, shown) == isSame)
    }
}
