import Bootstrap
import Glibc

@main
struct Main {
    static func main() async {
        let options: WorkerOptions
        do {
            switch try WorkerOptions.parse(Array(CommandLine.arguments.dropFirst())) {
            case .help: return print(WorkerOptions.help)
            case .version: return print("tern worker 0.1.0")
            case .run(let parsed): options = parsed
            }
        } catch {
            let line = Array("worker: \(error)\n".utf8)
            _ = write(STDERR_FILENO, line, line.count)
            exit(EX_USAGE)
        }
        await Program.run("worker") { program in
            try await program.serve(
                try buildWorker(settings: program.settings, options: options, logger: program.logger))
        }
    }
}
