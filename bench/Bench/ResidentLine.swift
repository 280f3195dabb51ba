import Curl
import Foundation

/// Line 6: resident memory of each process at rest.
enum ResidentLine: BenchLine {
    static let number = 6

    static func measure(_ server: BenchServer, _ options: Options) async throws -> [Figure] {
        let stack = try TernStack(server)
        defer { stack.stop() }
        for name in ["api", "worker", "beat"] { try stack.start(name) }
        // Queues without documents and questions have no need of the encoder.
        try stack.start("worker", ["--queues", "mail=1"], as: "mailer")
        try await stack.waitUntilReady()
        let token = try await stack.signUp()
        let answer = try await stack.send(
            "POST", "/api/chat", #"{"message": "How do I back up Tern?"}"#,
            headers: ["Authorization": "Bearer \(token)", "Prefer": "wait=30"])
        guard answer.status == 200 else { throw UsageError(description: "no answer: \(answer.status)") }
        try await settle()
        return [
            Figure(name: "resident: api", value: try stack.residentMegabytes(of: "api"), unit: "MB"),
            Figure(
                name: "resident: worker without the encoder", value: try stack.residentMegabytes(of: "mailer"),
                unit: "MB"),
            Figure(
                name: "resident: worker with the encoder", value: try stack.residentMegabytes(of: "worker"),
                unit: "MB"),
            Figure(name: "resident: beat", value: try stack.residentMegabytes(of: "beat"), unit: "MB"),
        ]
    }

    /// Rest is what is left some seconds after the work.
    private static func settle() async throws {
        try await Task.sleep(for: .seconds(5))
    }
}
