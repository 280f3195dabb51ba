import Foundation

/// A child process by `posix_spawn`: Foundation's own waits on run loops, which an async program doesn't have.
final class Child {
    let processID: pid_t
    private var hasEnded = false

    /// - Parameters:
    ///   - name: a path, or looked for in PATH.
    ///   - environment: nil is ours.
    ///   - output: where its standard output goes, -1 for nowhere.
    init(_ name: String, _ arguments: [String], environment: [String: String]? = nil, output: Int32 = -1) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if output >= 0 {
            posix_spawn_file_actions_adddup2(&actions, output, 1)
        } else {
            posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        }
        // The threads of the pool block signals, and a child would inherit that.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        let words = ([name] + arguments).map { strdup($0) } + [nil]
        let settings = environment.map { $0.map { strdup("\($0)=\($1)") } + [nil] }
        defer {
            for word in words + (settings ?? []) { free(word) }
        }
        var processID = pid_t()
        let code =
            settings.map { posix_spawnp(&processID, name, &actions, &attributes, words, $0) }
            ?? posix_spawnp(&processID, name, &actions, &attributes, words, environ)
        guard code == 0 else {
            throw UsageError(description: "\(name) could not be started: \(String(cString: strerror(code)))")
        }
        self.processID = processID
    }

    deinit { stop() }

    /// Asks it to end, and waits until it has.
    func stop() {
        guard !hasEnded else { return }
        kill(processID, SIGTERM)
        wait()
    }

    /// - Returns: its exit status.
    @discardableResult
    func wait() -> Int32 {
        var status: Int32 = 0
        while !hasEnded, waitpid(processID, &status, 0) < 0, errno == EINTR {}
        hasEnded = true
        return (status >> 8) & 0xFF
    }

    /// User and system time so far, in seconds.
    var cpuSeconds: Double {
        guard let stat = try? String(contentsOfFile: "/proc/\(processID)/stat", encoding: .utf8),
            let end = stat.lastIndex(of: ")")
        else { return 0 }
        let fields = stat[stat.index(after: end)...].split(separator: " ")
        guard fields.count > 13, let user = Double(fields[11]), let system = Double(fields[12]) else { return 0 }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// Runs a program to its end.
    static func output(_ name: String, _ arguments: [String]) throws -> String {
        let pipe = Pipe()
        let child = try Child(name, arguments, output: pipe.fileHandleForWriting.fileDescriptor)
        try pipe.fileHandleForWriting.close()
        let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
        child.wait()
        return String(decoding: data, as: UTF8.self)
    }
}
