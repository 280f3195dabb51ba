import ArgumentParser
import Bootstrap
import FoundationEssentials
import Store

struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Copies the database while Tern runs, checks the copy and prints its path.")

    @Option(help: "File to write; default DATA_DIR/backups/manual-TIME.sqlite3.") var to: String?

    func run() async throws {
        let desk = try Desk()
        let store = try desk.store()
        let path = try to ?? standardPath(in: "\(desk.settings.storage.directory)/backups")
        guard !FileManager.default.fileExists(atPath: path) else { throw Complaint("\(path) exists already") }
        try await store.backup(to: path)
        try store.close()
        print(path)
    }

    private func standardPath(in folder: String) throws -> String {
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let stamp = Date().formatted(.iso8601).replacing("-", with: "").replacing(":", with: "")
        return "\(folder)/manual-\(stamp).sqlite3"
    }
}
