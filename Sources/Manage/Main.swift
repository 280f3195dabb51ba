import ArgumentParser
import Bootstrap
import Glibc

@main
struct Manage: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "manage",
        abstract: "Administers Tern from the command line.",
        discussion: """
            Reads the same environment and .env as the server, so run it in the same folder. Answers go to standard \
            output, problems to standard error.

            Exit codes: 0 done, 1 failed, 64 wrong usage, 78 wrong configuration.

            A new machine: manage migrate, then manage create-admin. Something is wrong: manage doctor.
            """,
        version: "tern manage 0.1.0",
        subcommands: [
            Migrate.self, CreateAdmin.self, SchedulerInfo.self, RunHousekeepingCommand.self, JobsCommand.self,
            QueuesCommand.self, WorkersCommand.self, CronCommand.self, BackupCommand.self, RestoreCommand.self,
            SendTestEmail.self, Doctor.self,
        ])

    static func main() async {
        signal(SIGPIPE, SIG_IGN)
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let error as SettingsError {
            Terminal.complain("\(error)")
            Glibc.exit(SettingsError.exitCode)
        } catch let error as Complaint {
            Terminal.complain("manage: \(error)")
            Glibc.exit(EXIT_FAILURE)
        } catch  where exitCode(for: error) == .failure && !(error is ExitCode) {
            Terminal.complain("manage: \(error)")
            Glibc.exit(EXIT_FAILURE)
        } catch {
            exit(withError: error)
        }
    }
}

/// A failure in words for the operator.
struct Complaint: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) {
        self.description = description
    }
}
