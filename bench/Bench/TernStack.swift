import Curl
import Foundation

/// Tern's own programs over a bench server, with a database of its own in the server's folder.
final class TernStack {
    let url: String
    private let environment: [String: String]
    private let binaries: URL
    private var processes: [(name: String, process: Child)] = []

    /// Migrates; starts nothing yet.
    init(_ server: BenchServer) throws {
        let port = 20_000 + Int.random(in: 0..<10_000)
        url = "http://127.0.0.1:\(port)"
        binaries = URL(fileURLWithPath: try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
            .deletingLastPathComponent()
        let settings = server.folder.appending(path: "env")
        try "".write(to: settings, atomically: true, encoding: .utf8)
        environment = ProcessInfo.processInfo.environment.filter { ["PATH", "HOME"].contains($0.key) }.merging([
            "HOST": "127.0.0.1", "PORT": "\(port)", "DATA_DIR": server.folder.appending(path: "data").path,
            "REDIS_URL": "unix://\(server.socket)", "TERN_ENV_FILE": settings.path,
            "SECRET_KEY": "a secret of the benchmark, long enough", "PASSWORD_ITERATIONS": "1000",
            "RATE_LIMIT_SIGNUP": "off", "RATE_LIMIT_LOGIN": "off", "MAX_UNFINISHED_PER_USER": "1000000",
            "MAX_QUEUE_LATENCY": "86400", "LOG_LEVEL": "error",
        ]) { _, new in new }
        guard try launch("manage", ["migrate"]).wait() == 0 else {
            throw UsageError(description: "manage migrate failed")
        }
    }

    /// Starts `api`, `worker` or `beat`; `alias` tells two of a kind apart.
    func start(_ name: String, _ arguments: [String] = [], as alias: String? = nil) throws {
        processes.append((alias ?? name, try launch(name, arguments)))
    }

    func stop() {
        for (_, process) in processes { kill(process.processID, SIGTERM) }
        for (_, process) in processes { process.wait() }
        processes = []
    }

    /// Resident memory of a program in MB.
    func residentMegabytes(of name: String) throws -> Double {
        guard let process = processes.first(where: { $0.name == name })?.process else { return .nan }
        let status = try String(contentsOfFile: "/proc/\(process.processID)/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") } ?? ""
        return (line.split(separator: " ").compactMap { Double($0) }.first ?? .nan) * 1024 / 1e6
    }

    func waitUntilReady() async throws {
        for _ in 0..<500 {
            if let answer = try? await send("GET", "/readyz"), answer.status == 200 { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw UsageError(description: "the api did not get ready")
    }

    /// An access token of a new account.
    func signUp() async throws -> String {
        let account = #"{"username":"bench","email":"bench@example.com","password":"a long password"}"#
        _ = try await send("POST", "/api/auth/signup", account)
        let login = try await send("POST", "/api/auth/login", account)
        struct Tokens: Decodable { var access: String }
        return try JSONDecoder().decode(Tokens.self, from: Data(login.body)).access
    }

    func send(
        _ method: String, _ path: String, _ body: String? = nil, headers: HTTPHeaders = [:]
    ) async throws -> (status: Int, body: [UInt8]) {
        let request = HTTPRequest(method, url + path, headers: headers, body: body.map { Array($0.utf8) })
        let response = try await HTTPClient().send(request)
        return (response.status, try await response.body.collect(upTo: 1 << 20))
    }

    private func launch(_ name: String, _ arguments: [String]) throws -> Child {
        try Child(binaries.appending(path: name).path, arguments, environment: environment)
    }
}
