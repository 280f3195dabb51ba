import Foundation
import Queue
import Redis

/// A redis-server of our own in a temporary folder, as durable as in production.
final class BenchServer {
    let folder: URL
    let address: RedisAddress
    let queue: JobQueue
    private let process: Child

    var redis: RedisConnection { queue.redis }
    var socket: String { folder.appending(path: "redis.sock").path }

    private init(folder: URL, process: Child, address: RedisAddress) {
        self.folder = folder
        self.process = process
        self.address = address
        queue = JobQueue(redis: RedisConnection(address), namespace: "bench")
    }

    static func start() async throws -> BenchServer {
        let folder = FileManager.default.temporaryDirectory.appending(path: "bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let socket = folder.appending(path: "redis.sock").path
        let process = try Child(
            "redis-server",
            [
                "--port", "0", "--unixsocket", socket, "--dir", folder.path, "--save", "", "--appendonly", "yes",
                "--appendfsync", "everysec", "--maxmemory-policy", "noeviction",
            ])
        let server = BenchServer(
            folder: folder, process: process, address: try RedisAddress(parsing: "unix://\(socket)"))
        for _ in 0..<500 {
            if (try? await server.redis.send("PING")) != nil { return server }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw UsageError(description: "redis-server did not start")
    }

    func stop() async {
        await redis.close()
        process.stop()
        try? FileManager.default.removeItem(at: folder)
    }

    /// CPU seconds of the server so far.
    func cpuSeconds() -> Double { process.cpuSeconds }

    func usedMemory() async throws -> Int {
        let text = try await redis.send("INFO", "memory").string ?? ""
        let line = text.split(separator: "\r\n").first { $0.hasPrefix("used_memory:") }
        return line.flatMap { Int($0.dropFirst("used_memory:".count)) } ?? 0
    }

    /// Requests a second of `redis-benchmark`, one client without pipelining: the floor for one awaiting task.
    func floor(_ test: String, requests: Int) throws -> Double {
        let text = try Child.output(
            "redis-benchmark",
            ["-s", socket, "-t", test, "-c", "1", "-P", "1", "-n", "\(requests)", "-d", "128", "--csv"])
        let row = text.split(separator: "\n").last ?? ""
        let fields = row.split(separator: ",").map { $0.trimmingCharacters(in: CharacterSet(charactersIn: "\"")) }
        return fields.count > 1 ? Double(fields[1]) ?? 0 : 0
    }
}
