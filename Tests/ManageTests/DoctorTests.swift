import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct DoctorTests {
    private struct Finding: Decodable {
        var check: String
        var level: String
        var text: String
    }

    private func findings(_ manage: ManageProcess) async throws -> (code: Int32?, levels: [String: String]) {
        let result = try await manage("doctor", "--json")
        let list = try JSONDecoder().decode([Finding].self, from: Data(result.output.utf8))
        return (result.code, Dictionary(list.map { ($0.check, $0.level) }, uniquingKeysWith: { first, _ in first }))
    }

    private static var modelFile: String {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return root.deletingLastPathComponent().appendingPathComponent("Resources/minilm-l6-v2.int8.bin").path
    }

    @Test func `on a bare machine it names what is missing`() async throws {
        var manage = try ManageProcess()
        // A model lies beside the built programs.
        manage.variables["EMBEDDING_MODEL_FILE"] = manage.folder.file("none")
        let (code, levels) = try await findings(manage)
        #expect(code == 1)
        #expect(levels["settings"] == "ok")
        #expect(levels["data folder"] == "warn")
        #expect(levels["database"] == "fail")
        #expect(levels["redis"] == "fail")
        #expect(levels["embedding model"] == "fail")
        #expect(levels["knowledge base"] == "warn")
        #expect(levels["mail"] == "warn")
    }

    @Test func `it changes nothing`() async throws {
        let manage = try ManageProcess()
        _ = try await manage("doctor")
        #expect(try FileManager.default.contentsOfDirectory(atPath: manage.folder.path).isEmpty)
    }

    @Test func `what is there is ok, what is stopped is not`() async throws {
        let server = try await SMTPServer.start()
        let manage = try ManageProcess(
            redis: try await RedisServer.shared(),
            [
                "EMBEDDING_MODEL_FILE": Self.modelFile, "EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": "\(server.port)",
                "EMAIL_USE_TLS": "false",
            ])
        try manage.folder.write("# Tern\n\nA bird.", to: "knowledge_base.txt")
        _ = try await manage("migrate")
        let (code, levels) = try await findings(manage)
        #expect(code == 1)
        for check in ["settings", "data folder", "database", "redis", "embedding model", "knowledge base", "mail"] {
            #expect(levels[check] == "ok", "\(check)")
        }
        #expect(levels["administrator"] == "warn")
        #expect(levels["workers"] == "fail")
        #expect(levels["beat"] == "fail")
    }

    @Test func `a Redis that may lose jobs is a warning`() async throws {
        let redis = try await RedisServer.start(options: ["--maxmemory-policy", "allkeys-lru", "--appendonly", "no"])
        let (_, levels) = try await findings(ManageProcess(redis: redis))
        #expect(levels["redis"] == "warn")
    }

    @Test func `a damaged model and a closed mail port are failures`() async throws {
        let port = try freePort()
        let manage = try ManageProcess(["EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": "\(port)"])
        let path = try manage.folder.write("not a model", to: "model.bin")
        var other = manage
        other.variables["EMBEDDING_MODEL_FILE"] = path
        let (_, levels) = try await findings(other)
        #expect(levels["embedding model"] == "fail")
        #expect(levels["mail"] == "fail")
    }

    @Test func `a wrong configuration is told by the doctor as well`() async throws {
        let manage = try ManageProcess(["PORT": "x"])
        let result = try await manage("doctor")
        #expect(result.code == 78)
        #expect(result.output.hasPrefix("FAIL  settings  PORT=x: "))
    }
}
