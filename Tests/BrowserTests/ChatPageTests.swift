import Glibc
import TestSupport
import Testing

extension PageTests {
    /// The chat in a real browser, on the real processes.
    @Suite struct ChatPageTests {
        @Test func `a newcomer signs up, asks, reads a right answer with its source, and finds it after a reload`()
            async throws
        {
            try await Browser.open(Site.tern()) { browser in
                try await browser.signUp()
                try await browser.see("What would you like to know?")
                try await browser.click(PageTests.question)
                for _ in 1...2 {
                    try await browser.see("backup", "Sources", in: ".is-answer")
                    try await eventually(
                        "a citation", within: .seconds(10), every: .milliseconds(50),
                        isTrue: { try await !browser.elements(".is-answer .answer-text .chip").isEmpty })
                    #expect(try await browser.address().hasPrefix("/chat-page?c="))
                    try await browser.reload()
                }
                try await browser.see(PageTests.question, in: ".is-user")
            }
        }

        @Test func `a citation opens its passage`() async throws {
            try await Browser.open(Site.tern()) { browser in
                try await browser.signUp()
                try await browser.ask(PageTests.question)
                try await browser.see("Sources", in: ".is-answer")
                _ = try await browser.run("document.querySelector('.answer-text .chip').click()")
                try await browser.see("Match", in: "#passage")
                try await browser.press(Key.escape)
                try await eventually(
                    "the passage to close", isTrue: { try await browser.elements("#passage:popover-open").isEmpty })
            }
        }

        @Test func `a reload before the answer loses nothing`() async throws {
            let tern = try await Site.tern()
            try await Browser.open(tern) { browser in
                try await browser.signUp()
                try await tern.quietWorkers()
                try await browser.ask(PageTests.question)
                _ = try await browser.control("Stop")
                try await browser.arrive(at: "/chat-page?c=*")
                try await browser.reload()
                _ = try await browser.control("Stop")
                try tern.signal("worker", SIGCONT)
                try await browser.see("backup", "Sources", in: ".is-answer")
                _ = try await browser.control("Send")
            }
        }

        @Test func `a server that goes away and comes back loses nothing`() async throws {
            let tern = try await Site.tern()
            try await Browser.open(tern, toleratesLostConnections: true) { browser in
                try await browser.signUp()
                try await tern.quietWorkers()
                try await browser.ask(PageTests.question)
                try await browser.arrive(at: "/chat-page?c=*")
                try tern.signal("api", SIGKILL)
                try await browser.see("this page carries on by itself")
                try tern.signal("worker", SIGCONT)
                try await browser.see("backup", "Sources", in: ".is-answer")
                try await eventually(
                    "the banner to go", isTrue: { try await browser.elements("#offline:not([hidden])").isEmpty })
            }
        }

        @Test func `where events do not get through the page asks for changes instead`() async throws {
            try await Browser.open(Site.tern(), toleratesLostConnections: true) { browser in
                try await browser.signUp()
                try await browser.command("Network.enable", [:])
                try await browser.command("Network.setBlockedURLs", ["urls": ["*/events"]])
                try await browser.ask(PageTests.question)
                try await browser.see("backup", "Sources", in: ".is-answer")
                let polls = try await browser.run(
                    """
                    return performance.getEntriesByType('resource')
                      .filter(({ name }) => /\\/api\\/jobs\\/[^/]+$/.test(name)).length
                    """)
                #expect(polls as? Int ?? 0 > 0)
            }
        }

        @Test func `a stopped answer says so and can be tried again`() async throws {
            let tern = try await Site.tern()
            try await Browser.open(tern) { browser in
                try await browser.signUp()
                try await tern.quietWorkers()
                try await browser.ask(PageTests.question)
                try await browser.arrive(at: "/chat-page?c=*")
                try await browser.click("Stop")
                try await browser.see("Stopped", in: ".is-answer")
                try tern.signal("worker", SIGCONT)
                try await browser.click("Retry")
                try await browser.see("backup", "Sources", in: ".is-answer")
            }
        }

        @Test func `a conversation is renamed, deleted and brought back`() async throws {
            try await Browser.open(Site.tern()) { browser in
                try await browser.signUp()
                try await browser.ask(PageTests.question)
                try await browser.see("Sources", in: ".is-answer")
                try await browser.click("More")
                try await browser.click("Rename", in: ".menu")
                _ = try await browser.control("Title")
                try await browser.press("Copies of everything" + Key.enter)
                try await browser.see("Copies of everything", in: "#conversations")
                try await browser.see("Copies of everything", in: "#title")
                try await browser.click("More")
                try await browser.click("Delete")
                try await browser.see("Your conversations will be listed here.", in: "#conversations")
                try await browser.see("What would you like to know?")
                try await browser.click("Undo")
                try await browser.see("Copies of everything", in: "#conversations")
                try await browser.see("Sources", in: ".is-answer")
            }
        }

        @Test func `a session that ran out is renewed silently, and one that is gone leads to the login and back`()
            async throws
        {
            try await Browser.open(Site.tern()) { browser in
                let name = try await browser.signUp()
                try await browser.forget(cookie: "access")
                try await browser.ask(PageTests.question)
                try await browser.see("Sources", in: ".is-answer")
                let address = try await browser.address()
                try await browser.forget(cookie: "access")
                try await browser.forget(cookie: "refresh")
                try await browser.type("And Redis?", into: "Message")
                try await browser.click("Send")
                try await browser.arrive(at: "/api/auth/login*")
                try await browser.type(name, into: "Username or email")
                try await browser.type(Browser.password, into: "Password")
                try await browser.click("Sign in")
                try await browser.arrive(at: address)
                try await browser.see("Sources", in: ".is-answer")
            }
        }
    }
}
