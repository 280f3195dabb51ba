import Foundation
import Glibc

/// A private redis-server on a Unix socket in a folder of its own.
package final class RedisServer: Sendable {
    package let folder: TemporaryDirectory
    /// The TCP port as well, when one was asked for.
    package let port: Int?
    private let process: Holder<ChildProcess>

    package var socketPath: String { folder.file("redis.sock") }
    /// What `REDIS_URL` is to say.
    package var url: String { "unix://\(socketPath)" }

    private init(folder: TemporaryDirectory, port: Int?, process: ChildProcess) {
        self.folder = folder
        self.port = port
        self.process = Holder(process)
    }

    /// The one that tests share which use a fresh namespace each and harm nobody.
    package static func shared() async throws -> RedisServer {
        try await sharedStart.value
    }

    private static let sharedStart = Task { try await start() }

    /// A prefix for the keys of one test.
    package static func freshNamespace() -> String {
        "t\(String(UInt64.random(in: 0...UInt64.max), radix: 36))"
    }

    /// One of your own, append-only as in production, ready to answer.
    package static func start(port: Int? = nil, options: [String] = []) async throws -> RedisServer {
        let folder = try TemporaryDirectory()
        let process = try launch(in: folder, port: port, options: options)
        try await waitUntilReady(folder, process)
        return RedisServer(folder: folder, port: port, process: process)
    }

    package func signal(_ number: Int32) { process.value.signal(number) }

    /// Ends it as a power cut would.
    package func kill() async throws { try await process.value.kill() }

    /// Starts it again over the same files.
    package func restart(options: [String] = []) async throws {
        if process.value.isRunning { try await process.value.terminate() }
        let child = try Self.launch(in: folder, port: port, options: options)
        process.value = child
        try await Self.waitUntilReady(folder, child)
    }

    private static func launch(in folder: TemporaryDirectory, port: Int?, options: [String]) throws -> ChildProcess {
        try ChildProcess(
            "redis-server",
            [
                "--unixsocket", folder.file("redis.sock"), "--port", "\(port ?? 0)", "--bind", "127.0.0.1",
                "--dir", folder.path, "--daemonize", "no", "--save", "", "--appendonly", "yes",
                "--appendfsync", "everysec", "--maxmemory-policy", "noeviction",
            ] + options)
    }

    private static func waitUntilReady(_ folder: TemporaryDirectory, _ process: ChildProcess) async throws {
        try await eventually(
            "redis-server to answer", within: .seconds(20),
            isTrue: {
                guard process.isRunning else {
                    throw Spawn.Failure(description: "redis-server ended: \(process.output)\(process.errors)")
                }
                return answersPing(folder.file("redis.sock"))
            })
    }

    /// Whether a server answers PING with PONG (not with LOADING).
    private static func answersPing(_ path: String) -> Bool {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
        guard isConnected, write(descriptor, "PING\r\n", 6) == 6 else { return false }
        var answer = [UInt8](repeating: 0, count: 5)
        return read(descriptor, &answer, 5) == 5 && answer.elementsEqual("+PONG".utf8)
    }
}
