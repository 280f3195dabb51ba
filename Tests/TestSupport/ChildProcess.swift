import Foundation
package import Glibc
import Synchronization

/// A program under test: its output is kept, it can be signalled and waited for, and it never outlives the test.
package final class ChildProcess: Sendable {
    package enum Status: Equatable, Sendable {
        case exited(Int32)
        case killed(signal: Int32)
    }

    package let identifier: pid_t
    private let folder: TemporaryDirectory
    private let ended = Mutex<Status?>(nil)

    /// Starts a program. It sees the given variables and the few that every program needs, nothing else of this process.
    package init(
        _ executable: String, _ arguments: [String] = [], environment: [String: String] = [:],
        directory: String? = nil
    ) throws {
        folder = try TemporaryDirectory()
        var spawn = Spawn(executable: executable, arguments: arguments, environment: Self.environment(environment))
        spawn.directory = directory
        spawn.output = folder.file("output")
        spawn.errorOutput = folder.file("errors")
        identifier = try spawn.start()
        Watchdog.adopt(process: identifier)
    }

    deinit {
        if status() != nil { return }
        Glibc.kill(-identifier, SIGKILL)
        var code: Int32 = 0
        waitpid(identifier, &code, 0)
        Watchdog.release(process: identifier)
    }

    /// What the program has written to standard output so far.
    package var output: String { Self.text(folder.file("output")) }
    /// What the program has written to standard error so far.
    package var errors: String { Self.text(folder.file("errors")) }

    package var isRunning: Bool { status() == nil }

    /// Sends a signal; nothing happens when the program has ended.
    package func signal(_ number: Int32) {
        ended.withLock { ended in
            if ended == nil { Glibc.kill(identifier, number) }
        }
    }

    /// Waits for the end, and throws with the output when it does not come in time.
    @discardableResult
    package func wait(within limit: Duration = .seconds(30)) async throws -> Status {
        do {
            return try await eventually(within: limit) { self.status() }
        } catch is TimedOut {
            throw TimedOut("process \(identifier) to end\n\(output)\(errors)")
        }
    }

    /// SIGTERM, then the wait.
    @discardableResult
    package func terminate(within limit: Duration = .seconds(30)) async throws -> Status {
        signal(SIGTERM)
        return try await wait(within: limit)
    }

    /// SIGKILL to the program and all it started, then the wait.
    package func kill() async throws {
        if status() == nil { Glibc.kill(-identifier, SIGKILL) }
        try await wait()
    }

    /// Runs a program to its end.
    package static func run(
        _ executable: String, _ arguments: [String] = [], environment: [String: String] = [:],
        directory: String? = nil, within limit: Duration = .seconds(60)
    ) async throws -> (status: Status, output: String, errors: String) {
        let child = try ChildProcess(executable, arguments, environment: environment, directory: directory)
        let status = try await child.wait(within: limit)
        return (status, child.output, child.errors)
    }

    private func status() -> Status? {
        ended.withLock { ended in
            if let ended { return ended }
            var code: Int32 = 0
            guard waitpid(identifier, &code, WNOHANG) == identifier else { return nil }
            let signal = code & 0x7F
            ended = signal == 0 ? .exited((code >> 8) & 0xFF) : .killed(signal: signal)
            Watchdog.release(process: identifier)
            return ended
        }
    }

    private static func environment(_ own: [String: String]) -> [String: String] {
        let inherited = ["PATH", "HOME", "LD_LIBRARY_PATH", "LANG", "LC_ALL", "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"]
        let all = ProcessInfo.processInfo.environment
        let few = inherited.compactMap { name in all[name].map { (name, $0) } }
        return Dictionary(uniqueKeysWithValues: few).merging(own) { _, own in own }
    }

    private static func text(_ path: String) -> String {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}
