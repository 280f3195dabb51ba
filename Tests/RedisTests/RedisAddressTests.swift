import Redis
import Testing

@Suite struct RedisAddressTests {
    @Test func `a full address is read part by part`() throws {
        let address = try RedisAddress(parsing: "redis://al%40ice:s%3Acret@db.example:6380/3")
        #expect(
            address
                == .tcp(host: "db.example", port: 6380, login: .init(user: "al@ice", password: "s:cret", database: 3)))
    }

    @Test func `port and database have defaults`() throws {
        #expect(try RedisAddress(parsing: "redis://localhost") == .tcp(host: "localhost", port: 6379, login: .init()))
        #expect(try RedisAddress(parsing: "redis://[::1]:7000/") == .tcp(host: "::1", port: 7000, login: .init()))
    }

    @Test func `a password without a user logs in the default user`() throws {
        #expect(try RedisAddress(parsing: "redis://:secret@h").login == .init(password: "secret"))
    }

    @Test func `a unix address is a path`() throws {
        #expect(try RedisAddress(parsing: "unix:///run/redis.sock") == .unix(path: "/run/redis.sock", login: .init()))
        #expect(try RedisAddress(parsing: "unix:///r.sock?db=2").login.database == 2)
    }

    @Test(arguments: [
        "localhost:6379", "http://x", "rediss://h", "redis+sentinel://h", "redis://", "redis://h:0", "redis://h:x",
        "redis://h/one", "unix://relative", "unix:///p?x=1", "redis://%zz@h",
    ])
    func `what can't be used is refused in one line`(text: String) {
        let error = #expect(throws: RedisAddressError.self) { try RedisAddress(parsing: text) }
        #expect(error?.description.contains("\n") == false)
    }

    @Test func `neither a description nor a refusal shows the password`() throws {
        #expect(!"\(try RedisAddress(parsing: "redis://u:hush@h"))".contains("hush"))
        let error = #expect(throws: RedisAddressError.self) { try RedisAddress(parsing: "redis://u:hush@h:x") }
        #expect(error?.description.contains("hush") == false)
    }
}
