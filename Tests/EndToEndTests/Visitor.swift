import Curl
import Foundation
import TestSupport

/// Somebody who uses Tern's API over real HTTP.
struct Visitor: Sendable {
    struct Refused: Error, CustomStringConvertible {
        var description: String
    }

    let tern: TernInstance
    let username: String
    private let token: String

    /// Signs up with a name of its own and signs in.
    static func signUp(_ tern: TernInstance) async throws -> Visitor {
        let username = "user-\(UInt32.random(in: 0...UInt32.max))"
        let account = ["username": username, "email": "\(username)@example.com", "password": "a long password"]
        _ = try await send(tern, "POST", "/api/auth/signup", account, expecting: 201)
        let login = try await send(tern, "POST", "/api/auth/login", account, expecting: 200)
        guard let access = login["access"] as? String else { throw Refused(description: "no access token: \(login)") }
        return Visitor(tern: tern, username: username, token: access)
    }

    /// Asks a question in a conversation of its own, and returns the job as accepted.
    func ask(_ question: String) async throws -> Job {
        Job(try await call("POST", "/api/chat", ["message": question], expecting: 202))
    }

    func job(_ id: String) async throws -> Job {
        Job(try await call("GET", "/api/jobs/\(id)", expecting: 200))
    }

    /// Waits for the end of a job.
    func end(of job: Job, within limit: Duration = .seconds(45)) async throws -> Job {
        do {
            return try await eventually("the end of job \(job.id)", within: limit, every: .milliseconds(50)) {
                let now = try await self.job(job.id)
                return now.isTerminal ? now : nil
            }
        } catch let error as TimedOut {
            throw Refused(description: "\(error)\n\(try await self.job(job.id).json)\n\(tern.log)")
        }
    }

    /// The messages of a conversation.
    func messages(of conversation: String) async throws -> [[String: any Sendable]] {
        let json = try await call("GET", "/api/conversations/\(conversation)", expecting: 200)
        return json["messages"] as? [[String: any Sendable]] ?? []
    }

    @discardableResult
    func call(
        _ method: String, _ path: String, _ body: [String: String]? = nil, expecting status: Int
    ) async throws -> [String: any Sendable] {
        try await Self.send(tern, method, path, body, token: token, expecting: status)
    }

    private static func send(
        _ tern: TernInstance, _ method: String, _ path: String, _ body: [String: String]?, token: String? = nil,
        expecting status: Int
    ) async throws -> [String: any Sendable] {
        var request = HTTPRequest(method, tern.url + path)
        if let token { request.headers["Authorization"] = "Bearer \(token)" }
        if let body { request.body = Array(try JSONEncoder().encode(body)) }
        let response = try await HTTPClient().send(request)
        let bytes = try await response.body.collect(upTo: 1 << 22)
        let text = String(decoding: bytes, as: UTF8.self)
        guard response.status == status else {
            throw Refused(description: "\(method) \(path): \(response.status) instead of \(status): \(text)")
        }
        guard !bytes.isEmpty else { return [:] }
        guard let json = try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: any Sendable] else {
            throw Refused(description: "\(method) \(path): no object: \(text)")
        }
        return json
    }
}

/// A job as the API shows it.
struct Job: Sendable {
    let json: [String: any Sendable]

    init(_ json: [String: any Sendable]) { self.json = json }

    var id: String { string("job_id") }
    var status: String { string("status") }
    var outcome: String { string("outcome") }
    var response: String { string("response") }
    var conversation: String { string("conversation_id") }
    var attempt: Int { json["attempt"] as? Int ?? 0 }
    var sources: [[String: any Sendable]] { json["sources"] as? [[String: any Sendable]] ?? [] }
    var isTerminal: Bool { ["succeeded", "failed", "cancelled", "expired"].contains(status) }

    private func string(_ name: String) -> String { json[name] as? String ?? "" }
}
