import Bootstrap

@main
struct Main {
    static func main() async {
        let arguments = CommandLine.arguments.dropFirst()
        if arguments.contains("--help") || arguments.contains("-h") { return print(help) }
        if arguments.contains("--version") { return print("tern api 0.1.0") }
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
