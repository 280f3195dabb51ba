import Curl
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct InterruptionTests {
    private let client = HTTPClient()

    private func openRequests(_ server: HTTPStandIn) async throws -> Int {
        struct Count: Decodable { var open: Int }
        let count: Count = try await client.send("GET", server.url + "/open").decoded()
        return count.open
    }

    @Test func `a server that is not there is unreachable`() async throws {
        let port = try freePort()
        do {
            _ = try await client.send("GET", "http://127.0.0.1:\(port)/")
            Issue.record("there was an answer")
        } catch CurlError.unreachable {}
    }

    @Test func `silence before the first byte and between bytes has limits of its own`() async throws {
        let server = try await HTTPStandIn.start()
        let limits = TimeLimits(firstByte: .milliseconds(200), idle: .milliseconds(300))
        await #expect(throws: CurlError.timedOut(.firstByte)) {
            try await client.send(HTTPRequest("GET", server.url + "/silent", limits: limits))
        }
        let response = try await client.send(HTTPRequest("GET", server.url + "/stall", limits: limits))
        await #expect(throws: CurlError.timedOut(.nextByte)) {
            try await response.body.collect(upTo: 1000)
        }
        try await eventually("the sockets to close", isTrue: { try await openRequests(server) == 0 })
    }

    @Test func `the whole transfer has a limit`() async throws {
        let server = try await HTTPStandIn.start()
        let limits = TimeLimits(total: .milliseconds(300))
        let request = HTTPRequest("GET", server.url + "/stream?n=1000&pause=0.05", limits: limits)
        await #expect(throws: CurlError.timedOut(.end)) {
            try await client.send(request).body.collect(upTo: 100_000)
        }
    }

    @Test func `a body that is cut off is an error, not an end`() async throws {
        let server = try await HTTPStandIn.start()
        let response = try await client.send(HTTPRequest("GET", server.url + "/cut"))
        do {
            _ = try await response.body.collect(upTo: 1000)
            Issue.record("the body had an end")
        } catch CurlError.interrupted {}
    }

    @Test func `cancelling the reader closes the socket`() async throws {
        let server = try await HTTPStandIn.start()
        let url = server.url
        let task = Task {
            let response = try await HTTPClient().send(HTTPRequest("GET", url + "/stall"))
            return try await response.body.collect(upTo: 1000)
        }
        try await eventually("the request to arrive", isTrue: { try await openRequests(server) == 1 })
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        try await eventually(
            "the socket to close", within: .seconds(2), isTrue: { try await openRequests(server) == 0 })
    }

    @Test func `cancelling before the answer closes the socket`() async throws {
        let server = try await HTTPStandIn.start()
        let url = server.url
        let task = Task { try await HTTPClient().send(HTTPRequest("GET", url + "/silent")).status }
        try await eventually("the request to arrive", isTrue: { try await openRequests(server) == 1 })
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        try await eventually(
            "the socket to close", within: .seconds(2), isTrue: { try await openRequests(server) == 0 })
    }

    @Test func `dropping an unread body closes the socket`() async throws {
        let server = try await HTTPStandIn.start()
        _ = try await client.send(HTTPRequest("GET", server.url + "/stall")).status
        try await eventually(
            "the socket to close", within: .seconds(2), isTrue: { try await openRequests(server) == 0 })
    }
}
