import ArgumentParser
import Bootstrap
import FoundationEssentials
import Store

struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Puts a backup in the place of the database.",
        discussion: """
            Stop Tern first: the command refuses while anything has the database open. The backup is checked before \
            anything changes, and the old database is kept beside the new one as tern.sqlite3.replaced.
            """)

    @Argument(help: "The backup to restore, as manage backup prints it.") var backup: String
    @Flag(help: "Really replace the database.") var yes = false

    func run() async throws {
        let settings = try Settings.load()
        guard FileManager.default.fileExists(atPath: backup) else { throw Complaint("there is no file \(backup)") }
        guard yes else {
            throw Complaint("this replaces all accounts and conversations by those of \(backup): add --yes to do it")
        }
        try settings.makeDataDirectory()
        try Store.restore(backup, to: settings.storage.databasePath)
        print("restored \(backup); the old database is \(settings.storage.databasePath).replaced")
    }
}
