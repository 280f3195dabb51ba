import Bootstrap

@main
struct Main {
    static func main() async {
        let arguments = CommandLine.arguments.dropFirst()
        if arguments.contains("--help") || arguments.contains("-h") { return print(help) }
        if arguments.contains("--version") { return print("tern beat 0.1.0") }
        await Program.run("beat") { program in
            try await program.serve(try await buildBeat(settings: program.settings, logger: program.logger))
        }
    }

    private static let help = """
        beat: the clock of Tern. It fires the timetable and keeps queue and database in step.

        USAGE: beat [--help] [--version]

        Configured by the environment and .env (see .env.example). Any number may run: one leads, and each tick fires
        once. SIGTERM and SIGINT end it at once.
        """
}
