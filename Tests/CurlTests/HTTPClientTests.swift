import Curl
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct HTTPClientTests {
    private let client = HTTPClient()
    private static let server = Task { try await HTTPStandIn.start() }

    private func url(_ path: String) async throws -> String {
        try await Self.server.value.url + path
    }

    private struct Echo: Decodable {
        var method: String
        var headers: [String: String]
        var body: String
    }

    @Test(arguments: ["GET", "DELETE", "OPTIONS"].prefix(2))
    func `a request without a body arrives as it is`(method: String) async throws {
        let answer = try await client.send(method, url("/echo"), headers: ["X-One": "1", "X-Empty": ""])
        let echo: Echo = try answer.decoded()
        #expect(answer.status == 200)
        #expect(echo.method == method)
        #expect(echo.headers["X-One"] == "1")
        #expect(echo.headers["X-Empty"] == "")
        #expect(echo.body == "")
    }

    @Test(arguments: ["POST", "PUT", "PATCH", "DELETE"])
    func `a body arrives with its length`(method: String) async throws {
        let body = String(repeating: "zähl\0bar ", count: 5000)
        let echo: Echo = try await client.send(method, url("/echo"), body: body).decoded()
        #expect(echo.method == method)
        #expect(echo.body == body)
        #expect(echo.headers["Expect"] == nil)
        #expect(echo.headers["Content-Type"] == "application/json")
    }

    @Test func `an empty body is a body`() async throws {
        let echo: Echo = try await client.send("POST", url("/echo"), body: "").decoded()
        #expect(echo.headers["Content-Length"] == "0")
    }

    @Test func `the answer to HEAD has headers only`() async throws {
        let answer = try await client.send("HEAD", url("/echo"))
        #expect(answer.status == 200)
        #expect(answer.body.isEmpty)
    }

    @Test func `headers keep repeats and mind no case`() async throws {
        let answer = try await client.send("GET", url("/echo"))
        #expect(answer.headers["content-TYPE"] == "application/json")
        #expect(answer.headers.all("set-cookie") == ["a=1", "b=2"])
    }

    @Test func `any status is an answer and a redirect is not followed`() async throws {
        #expect(try await client.send("GET", url("/nowhere")).status == 404)
        let redirect = try await client.send("GET", url("/redirect"))
        #expect(redirect.status == 302)
        #expect(redirect.headers["Location"] == "/echo")
    }

    @Test func `bytes arrive while the answer is still being made`() async throws {
        let response = try await client.send(HTTPRequest("GET", url("/stall")))
        var chunks = response.body.makeAsyncIterator()
        #expect(try await chunks.next() == Array("line 0\n".utf8))
    }

    @Test func `a stream arrives whole and in order`() async throws {
        let text = try await client.send("GET", url("/stream?n=40&pause=0.002")).text
        #expect(text == (0..<40).map { "line \($0)\n" }.joined())
    }

    @Test func `a reader that is slow loses nothing`() async throws {
        let response = try await client.send(HTTPRequest("GET", url("/large?n=64")))
        var bytes = 0
        for try await chunk in response.body {
            bytes += chunk.count
            #expect(chunk.count <= 512 * 1024)
            await Task.yield()
        }
        #expect(bytes == 64 * 65_536)
    }

    @Test func `a body over the limit is refused`() async throws {
        let response = try await client.send(HTTPRequest("GET", url("/large?n=64")))
        await #expect(throws: CurlError.tooLarge(limit: 100_000)) {
            try await response.body.collect(upTo: 100_000)
        }
    }

    @Test func `two hundred streams run beside each other`() async throws {
        let url = try await url("/stream?n=5&pause=0.01")
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<200 {
                group.addTask { try await HTTPClient().send(HTTPRequest("GET", url)).body.collect(upTo: 1000).count }
            }
            for try await count in group { #expect(count == 35) }
        }
    }

    @Test(arguments: ["X\r\nEvil", "ok\0"])
    func `a header can't add lines`(value: String) async throws {
        let url = try await url("/echo")
        await #expect(throws: CurlError.self) { try await client.send("GET", url, headers: ["X-Name": value]) }
        await #expect(throws: CurlError.self) { try await client.send("GET", url, headers: [value: "x"]) }
    }

    @Test(arguments: ["file:///etc/passwd", "gopher://127.0.0.1/", "smtp://127.0.0.1", "not a url", ""])
    func `other protocols are refused`(url: String) async throws {
        await #expect(throws: CurlError.self) { try await client.send("GET", url) }
    }
}
