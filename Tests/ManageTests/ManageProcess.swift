import Foundation
import TestSupport

/// The real program in a folder of its own.
struct ManageProcess {
    let folder: TemporaryDirectory
    var variables: [String: String]

    init(redis: RedisServer? = nil, _ variables: [String: String] = [:]) throws {
        folder = try TemporaryDirectory()
        self.variables = [
            "SECRET_KEY": String(repeating: "k", count: 32), "PASSWORD_ITERATIONS": "1000",
            "TERN_NAMESPACE": RedisServer.freshNamespace(),
        ].merging(variables) { _, new in new }
        if let redis { self.variables["REDIS_URL"] = redis.url }
    }

    var databasePath: String { folder.file("data/tern.sqlite3") }

    struct Result {
        var code: Int32?
        var output: String
        var errors: String
    }

    func callAsFunction(_ arguments: String..., input: String? = nil) async throws -> Result {
        var program = try Executable.path("manage")
        var words = arguments
        if let input {
            // The shell only joins the input to the program.
            words = ["-c", "printf '%s' \"$0\" | \"$@\"", input, program] + arguments
            program = "/bin/sh"
        }
        let run = try await ChildProcess.run(program, words, environment: variables, directory: folder.path)
        guard case .exited(let code) = run.status else {
            return Result(code: nil, output: run.output, errors: run.errors)
        }
        return Result(code: code, output: run.output, errors: run.errors)
    }
}
