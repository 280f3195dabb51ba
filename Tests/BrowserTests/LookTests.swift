import TestSupport
import Testing

extension PageTests {
    /// What every page owes to a small window, to the night and to the keyboard.
    @Suite struct LookTests {
        @Test(arguments: [360, 768, 1280])
        func `no page is wider than its window`(width: Int) async throws {
            try await Browser.open(Site.tern(), width: width) { browser in
                var paths = ["/", "/api/auth/login", "/api/auth/signup", "/nowhere"]
                for path in paths { try await expectFit(browser, path) }
                try await browser.signUp()
                paths = ["/", "/api/auth/profile", "/chat-page"]
                for path in paths { try await expectFit(browser, path) }
            }
        }

        private func expectFit(_ browser: Browser, _ path: String) async throws {
            try await browser.go(to: path)
            let overhang = try await browser.run(
                "return document.documentElement.scrollWidth - document.documentElement.clientWidth")
            #expect(overhang as? Int == 0, "\(path) is too wide")
        }

        @Test func `the theme is remembered before the first paint`() async throws {
            try await Browser.open(Site.tern()) { browser in
                try await browser.command(
                    "Emulation.setEmulatedMedia", ["features": [["name": "prefers-color-scheme", "value": "light"]]])
                try await browser.go(to: "/")
                let light = try await background(browser)
                try await browser.click("Switch to the dark theme")
                let dark = try await background(browser)
                #expect(light != dark)
                try await browser.reload()
                #expect(try await background(browser) == dark)
                _ = try await browser.control("Switch to the light theme")
            }
        }

        private func background(_ browser: Browser) async throws -> String {
            try await browser.run("return getComputedStyle(document.body).backgroundColor") as? String ?? ""
        }

        @Test func `on a phone the list is a drawer that Escape closes`() async throws {
            try await Browser.open(Site.tern(), width: 360) { browser in
                try await browser.signUp()
                #expect(try await browser.run("return document.getElementById('sidebar').offsetWidth") as? Int == 0)
                try await browser.click("Conversations")
                _ = try await browser.control("New chat")
                #expect(try await browser.run("return document.getElementById('chat-main').inert") as? Bool == true)
                try await browser.press(Key.escape)
                try await eventually(
                    "the drawer to close",
                    isTrue: {
                        try await browser.run("return document.getElementById('sidebar').offsetWidth") as? Int == 0
                    })
                #expect(try await browser.run("return document.activeElement.id") as? String == "toggle-sidebar")
            }
        }

        @Test func `every control has a name`() async throws {
            try await Browser.open(Site.tern()) { browser in
                try await browser.signUp()
                try await browser.ask(PageTests.question)
                try await browser.see("Sources", in: ".is-answer")
                for element in try await browser.elements("button, a[href], input, textarea") {
                    guard try await browser.isShown(element) else { continue }
                    #expect(try await !browser.label(of: element).isEmpty)
                }
            }
        }
    }
}
