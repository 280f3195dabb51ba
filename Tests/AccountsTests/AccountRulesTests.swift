import Accounts
import Testing

@Suite struct AccountRulesTests {
    @Test(arguments: ["tom", "Tom.Jones+2@x-_", "Zoë", "用户名", String(repeating: "a", count: 150)])
    func `a username is 3 to 150 letters, digits and some signs`(username: String) {
        #expect(AccountRules.problems(username: username, email: username).isEmpty)
    }

    @Test(arguments: ["", "ab", "a b c", "tom\n", "tom\0", "tom<b>", "t\u{202E}om", String(repeating: "a", count: 151)])
    func `another username is refused`(username: String) {
        #expect(AccountRules.problems(username: username, email: "tom@example.com").count == 1)
    }

    @Test func `a username with an at sign is its own email or nothing`() {
        #expect(AccountRules.problems(username: "Tom@example.com", email: "tom@Example.com").isEmpty)
        #expect(!AccountRules.problems(username: "ann@example.com", email: "tom@example.com").isEmpty)
    }

    @Test(arguments: ["test@example.com", "a.b+c@x-y.co", "o'hara@example.museum", "me@localhost"])
    func `a usual address is taken`(email: String) {
        #expect(AccountRules.problems(email: email).isEmpty)
    }

    @Test(arguments: [
        "", "tom", "@example.com", "tom@", "tom@@example.com", "a..b@example.com", ".a@example.com", "a.@example.com",
        "tom@example", "tom@-x.com", "tom@x-.com", "tom@10.0.0.1", "tom@[10.0.0.1]", "tom@exa mple.com",
        "tom@example.com\r\nBcc: all@example.com", "töm@example.com", "\"tom\"@example.com", "tom@example.com.",
        String(repeating: "a", count: 65) + "@example.com",
    ])
    func `another address is refused`(email: String) {
        #expect(AccountRules.problems(email: email).count == 1)
    }

    @Test(arguments: ["testpass123", "correct horse battery", "pässwörd-ü", String(repeating: "xy", count: 64)])
    func `a password of 8 to 128 characters is taken`(password: String) {
        #expect(AccountRules.problems(password: password, username: "tom", email: "tom@example.com").isEmpty)
    }

    @Test(arguments: [
        "", "1234567", "password", "Password123", "12345678", "qwertyuiop", "LongUserName", "long@example.com",
        "zero\0zero", String(repeating: "x", count: 129),
    ])
    func `a short, long, common or own name is no password`(password: String) {
        let problems = AccountRules.problems(password: password, username: "longusername", email: "Long@example.com")
        #expect(problems.count == 1)
    }
}
