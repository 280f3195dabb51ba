import Bootstrap
import Glibc

@main
struct Main {
    static func main() async {
        switch CommandLine.arguments.dropFirst().first {
        case nil: break
        case "--help", "-h": return print(help)
        case "--version": return print("tern api 0.1.0")
        case let unknown?:
            let line = "api: unknown argument '\(unknown)'; see api --help\n"
            write(STDERR_FILENO, line, line.utf8.count)
            exit(EX_USAGE)
        }
        await Program.run("api") { program in
            let api = try await buildAPI(settings: program.settings, logger: program.logger)
            try await program.serve(api.services)
        }
    }

    private static let help = """
        api: the HTTP server of Tern.

        USAGE: api [--help] [--version]

        Configured by the environment and .env (see .env.example): HOST, PORT, PUBLIC_URL, SECRET_KEY, DATA_DIR,
        DATABASE_URL, REDIS_URL and more. SIGTERM and SIGINT end it after the running requests.
        """
}
