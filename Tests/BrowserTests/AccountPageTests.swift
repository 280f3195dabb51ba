import TestSupport
import Testing

extension PageTests {
    /// The pages around the chat in a real browser.
    @Suite struct AccountPageTests {
        @Test func `errors stand at their fields`() async throws {
            try await Browser.open(Site.tern()) { browser in
                try await browser.go(to: "/api/auth/signup")
                try await browser.type("x", into: "Username")
                try await browser.type("nobody", into: "Email")
                try await browser.type("short", into: "Password")
                try await browser.click("Create account")
                for field in ["username", "email", "password"] {
                    try await eventually(
                        "an error at \(field)", isTrue: { try await !browser.text("#\(field)-error").isEmpty })
                }
                try await browser.go(to: "/api/auth/login")
                try await browser.type(Site.newName(), into: "Username or email")
                try await browser.type("wrong password", into: "Password")
                try await browser.click("Sign in")
                try await eventually("an error", isTrue: { try await !browser.text("[data-form-error]").isEmpty })
            }
        }

        @Test func `a password can be shown and hidden`() async throws {
            try await Browser.open(Site.tern()) { browser in
                try await browser.go(to: "/api/auth/login")
                try await browser.click("Show password")
                #expect(try await browser.elements("#password[type=text]").count == 1)
                try await browser.click("Hide password")
                #expect(try await browser.elements("#password[type=password]").count == 1)
            }
        }

        @Test func `the account page shows the account and signs out`() async throws {
            try await Browser.open(Site.tern()) { browser in
                let name = try await browser.signUp()
                try await browser.go(to: "/api/auth/profile")
                try await browser.see(name, "\(name)@example.com", "Not verified", "Member since")
                try await browser.click("Resend")
                try await browser.see("Resend in")
                try await browser.click("Sign out")
                try await browser.arrive(at: "/")
                try await browser.go(to: "/chat-page")
                try await browser.arrive(at: "/api/auth/login?next=/chat-page")
            }
        }

        @Test func `a forgotten password is replaced by way of the link in the mail`() async throws {
            let tern = try await Site.tern()
            try await Browser.open(tern) { browser in
                let name = try await browser.signUp()
                try await browser.go(to: "/api/auth/profile")
                try await browser.click("Sign out")
                try await browser.arrive(at: "/")
                try await browser.go(to: "/api/auth/login")
                try await browser.click("Forgot your password?")
                try await browser.type("\(name)@example.com", into: "Email")
                try await browser.click("Send the link")
                try await browser.see("a mail with a link is on its way")
                try await browser.go(to: Site.link("/password-reset", mailedTo: name))
                try await browser.type("another long password", into: "New password")
                try await browser.click("Save the password")
                try await browser.see("Your password is changed.")
                try await browser.click("Back to sign in")
                try await browser.type(name, into: "Username or email")
                try await browser.type("another long password", into: "Password")
                try await browser.click("Sign in")
                try await browser.arrive(at: "/chat-page")
            }
        }

        @Test func `the link in the mail verifies the address`() async throws {
            try await Browser.open(Site.tern()) { browser in
                let name = try await browser.signUp()
                try await browser.see("Please verify")
                try await browser.go(to: Site.link("/api/auth/verify-email", mailedTo: name))
                try await browser.see("Your email address is verified")
                try await browser.reload()
                try await browser.see("Already verified")
                try await browser.click("Your account")
                try await browser.see("Verified")
            }
        }

        @Test func `sign-up and sign-in work without JavaScript`() async throws {
            try await Browser.open(Site.tern()) { browser in
                try await browser.command("Emulation.setScriptExecutionDisabled", ["value": true])
                let name = Site.newName()
                try await browser.go(to: "/api/auth/signup?next=/api/auth/profile")
                try await browser.type("x", into: "Username")
                try await browser.type("\(name)@example.com", into: "Email")
                try await browser.type(Browser.password, into: "Password")
                try await browser.click("Create account")
                try await eventually("an error", isTrue: { try await !browser.text("#username-error").isEmpty })
                try await browser.type(name, into: "Username")
                try await browser.type(Browser.password, into: "Password")
                try await browser.click("Create account")
                try await browser.arrive(at: "/api/auth/login?next=/api/auth/profile")
                try await browser.type(name, into: "Username or email")
                try await browser.type(Browser.password, into: "Password")
                try await browser.click("Sign in")
                try await browser.arrive(at: "/api/auth/profile")
                try await browser.see(name)
            }
        }

        @Test func `an unknown address says so in words`() async throws {
            try await Browser.open(Site.tern()) { browser in
                try await browser.go(to: "/nowhere")
                try await browser.see("Nothing here", "Go to the start page")
            }
        }
    }
}
