import API
import Testing

@Suite struct MarkdownRendererTests {
    @Test func `tables, strikethrough and bare addresses are rendered`() {
        let html = MarkdownRenderer.html("| a | b |\n|---|---|\n| 1 | ~~2~~ |\n\nwww.example.com")
        #expect(html.contains("<th>a</th>"))
        #expect(html.contains("<del>2</del>"))
        #expect(html.contains("href=\"http://www.example.com\""))
    }

    @Test(arguments: [
        "<script>alert(1)</script>", "before <img src=x onerror=alert(1)> after", "<!-- hidden -->",
        "<a href=\"javascript:alert(1)\">x</a>",
    ])
    func `raw HTML is left out`(markdown: String) {
        let html = MarkdownRenderer.html(markdown)
        for part in ["<script", "<img", "onerror", "<!--", "javascript:"] { #expect(!html.contains(part)) }
    }

    @Test(arguments: [
        "javascript:alert(1)", "JaVaScRiPt:alert(1)", "vbscript:x", "data:text/html,x", "file:///etc/passwd",
    ])
    func `a dangerous address is emptied`(address: String) {
        #expect(MarkdownRenderer.html("[x](\(address))").contains("href=\"\""))
    }

    @Test func `an image becomes its text`() {
        #expect(MarkdownRenderer.html("![a *cat*](http://example.com/cat.png)") == "<p>a <em>cat</em></p>\n")
    }

    @Test func `every link forbids referrers and following`() {
        let html = MarkdownRenderer.html("[a](http://a.example) and [b](http://b.example \"t\")")
        #expect(html.split(separator: "<a ").dropFirst().count == 2)
        #expect(html.split(separator: "rel=\"noopener noreferrer nofollow\"").count == 3)
    }

    @Test func `citation markers stay text, also when the text tries to define them as links`() {
        let html = MarkdownRenderer.html("One [1], two [1, 2].\n\n[1]: http://example.com\n")
        #expect(html.contains("One [1], two [1, 2]."))
        #expect(!html.contains(">1</a>"))
    }

    @Test func `markup inside a text or a code stays text`() {
        let html = MarkdownRenderer.html("`<a href=\"x\">`\n\n```html\n<a href=\"y\">\n```")
        #expect(!html.contains("<a "))
        #expect(html.contains("class=\"language-html\""))
    }

    @Test func `text of any kind is survived`() {
        #expect(MarkdownRenderer.html("") == "")
        #expect(MarkdownRenderer.html("a\0b").contains("a\u{FFFD}b"))
        #expect(MarkdownRenderer.html(String(repeating: "> ", count: 5000)).hasPrefix("<blockquote>"))
        #expect(MarkdownRenderer.html(String(repeating: "[", count: 50_000)).hasPrefix("<p>"))
    }
}
