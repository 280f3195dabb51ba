import Foundation
package import Glibc

/// A whole Tern under `scripts/supervise`, as `make up` runs it: private Redis, api, worker and beat on a free port, with
/// data and secrets in a temporary folder.
package final class TernInstance: Sendable {
    package struct Broken: Error, CustomStringConvertible {
        package var description: String
    }

    package let url: String
    package let folder: TemporaryDirectory
    private let environment: [String: String]
    private let supervisor: Holder<ChildProcess>

    private init(port: Int, folder: TemporaryDirectory, environment: [String: String], supervisor: ChildProcess) {
        url = "http://127.0.0.1:\(port)"
        self.folder = folder
        self.environment = environment
        self.supervisor = Holder(supervisor)
    }

    /// Starts one and waits until it is ready.
    ///
    /// Password hashing is kept cheap, since the tests sign up and in often; `environment` adds to or changes the rest.
    package static func start(
        workers: Int = 1, environment own: [String: String] = [:]
    ) async throws -> TernInstance {
        let folder = try TemporaryDirectory()
        let port = try freePort()
        let defaults = [
            "HOST": "127.0.0.1", "PORT": "\(port)", "DATA_DIR": folder.file("data"),
            "TERN_ENV_FILE": try folder.write("", to: "env"), "WORKERS": "\(workers)", "PASSWORD_ITERATIONS": "1000",
            "LOG_FORMAT": "json", "SECRET_KEY": "a secret of the tests, long enough for HS256",
            "ADMIN_USERNAME": "admin", "ADMIN_EMAIL": "admin@example.com", "ADMIN_PASSWORD": "correct horse battery",
            "RATE_LIMIT_LOGIN": "off", "RATE_LIMIT_SIGNUP": "off", "RATE_LIMIT_MAIL": "off",
        ]
        let environment = defaults.merging(own) { _, own in own }
        let instance = try TernInstance(
            port: port, folder: folder, environment: environment, supervisor: launch(environment))
        try await instance.waitUntilReady()
        return instance
    }

    /// What all processes have logged so far, each line headed by the process's name.
    package var log: String { supervisor.value.errors }

    /// The path of a file in the data folder.
    package func dataFile(_ name: String) -> String { folder.file("data/\(name)") }

    /// The process ids of what runs under a name of the Procfile; several with several workers.
    package func processes(_ name: String) throws -> [pid_t] {
        let parent = supervisor.value.identifier
        return try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { pid_t($0) }.filter { process in
            guard let stat = Self.text("/proc/\(process)/stat"), let words = stat.split(separator: ")").last,
                words.split(separator: " ").dropFirst().first.flatMap({ pid_t($0) }) == parent,
                let program = Self.text("/proc/\(process)/cmdline")?.split(separator: "\0").first
            else { return false }
            return program.split(separator: "/").last.map { $0.hasPrefix(name) } ?? false
        }
    }

    /// Every process on the machine that was started for this instance and still runs.
    package func survivors() throws -> [pid_t] {
        let mark = "DATA_DIR=\(folder.file("data"))"
        return try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { pid_t($0) }.filter {
            Self.text("/proc/\($0)/environ")?.split(separator: "\0").contains(mark[...]) ?? false
        }
    }

    /// Sends a signal to every process under this name.
    package func signal(_ name: String, _ number: Int32) throws {
        for process in try processes(name) { Glibc.kill(process, number) }
    }

    /// Has every worker take no new jobs, and returns when all of them have said so; SIGCONT ends it. A worker that is
    /// stopped by SIGSTOP instead may be stopped while it holds the database's write lock, and hold up everybody.
    package func quietWorkers() async throws {
        let said = { self.log.components(separatedBy: "takes no new jobs").count }
        let wanted = try said() + processes("worker").count
        try signal("worker", SIGTSTP)
        try await eventually("the workers to be quiet", isTrue: { said() >= wanted })
    }

    /// Runs the administration command against this instance.
    package func manage(
        _ arguments: String..., within limit: Duration = .seconds(60)
    ) async throws -> (status: ChildProcess.Status, output: String, errors: String) {
        try await ChildProcess.run(
            Executable.path("manage"), arguments, environment: environment, directory: Self.root(), within: limit)
    }

    /// Stops it as Ctrl-C would, and waits for the end.
    @discardableResult
    package func stop(by signal: Int32 = SIGINT) async throws -> ChildProcess.Status {
        supervisor.value.signal(signal)
        return try await supervisor.value.wait(within: .seconds(60))
    }

    /// Starts it again over the same data.
    package func startAgain() async throws {
        supervisor.value = try Self.launch(environment)
        try await waitUntilReady()
    }

    private static func launch(_ environment: [String: String]) throws -> ChildProcess {
        try ChildProcess("scripts/supervise", environment: environment, directory: root())
    }

    private func waitUntilReady() async throws {
        try await eventually("Tern to be ready", within: .seconds(60), every: .milliseconds(50)) {
            guard supervisor.value.isRunning else { throw Broken(description: "Tern did not start:\n\(log)") }
            return supervisor.value.output.contains("Tern is ready") ? () : nil
        }
    }

    /// The folder of the package, which holds `.build`, where the test's own program lies.
    private static func root() throws -> String {
        let program = try Executable.path("api")
        guard let end = program.range(of: "/.build/") else {
            throw Broken(description: "\(program) is not in the package's .build folder")
        }
        return String(program[..<end.lowerBound])
    }

    private static func text(_ path: String) -> String? {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }
}
