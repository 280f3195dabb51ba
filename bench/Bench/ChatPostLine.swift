import Foundation

/// Line 5: `POST /api/chat` with its session check, transaction and enqueue, beside a route that does nothing.
enum ChatPostLine: BenchLine {
    static let number = 5

    static func measure(_ server: BenchServer, _ options: Options) async throws -> [Figure] {
        let stack = try TernStack(server)
        try stack.start("api")
        defer { stack.stop() }
        try await stack.waitUntilReady()
        let script = server.folder.appending(path: "chat.lua")
        try """
        wrk.method = "POST"
        wrk.body = '{"message": "How do I back up Tern?"}'
        wrk.headers["Content-Type"] = "application/json"
        wrk.headers["Authorization"] = "Bearer \(try await stack.signUp())"
        """.write(to: script, atomically: true, encoding: .utf8)
        let seconds = options.count(10, quick: 4)
        let hello = try wrk(stack.url + "/healthz", seconds: seconds)
        let chat = try wrk(stack.url + "/api/chat", seconds: seconds, script: script)
        return [
            Figure(
                name: "POST /api/chat, 32 connections", value: chat.rate, unit: "/s", peer: "GET /healthz",
                peerValue: hello.rate),
            Figure(
                name: "POST /api/chat, p99", value: chat.p99, unit: "ms", peer: "GET /healthz", peerValue: hello.p99),
        ]
    }

    private static func wrk(_ url: String, seconds: Int, script: URL? = nil) throws -> (rate: Double, p99: Double) {
        let options = ["-t2", "-c32", "-d\(seconds)s", "--latency"] + (script.map { ["-s", $0.path] } ?? [])
        let text = try Child.output("wrk", options + [url])
        guard !text.contains("Non-2xx"), let rate = text.firstMatch(of: /Requests\/sec:\s+([0-9.]+)/),
            let tail = text.firstMatch(of: /99%\s+([0-9.]+)(us|ms|s)/), let value = Double(tail.1)
        else { throw UsageError(description: "wrk on \(url) failed (is wrk installed?):\n\(text)") }
        let scale = ["us": 0.001, "ms": 1, "s": 1000][tail.2] ?? .nan
        return (Double(rate.1) ?? .nan, value * scale)
    }
}
