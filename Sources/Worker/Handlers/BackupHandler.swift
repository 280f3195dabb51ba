package import FoundationEssentials
package import Jobs
package import Queue
import Store

/// Copies the database while everybody works on, checks the copy by opening it, and keeps the newest seven.
package struct BackupHandler: Sendable {
    let run: TrackedRun
    /// Made when it is missing, readable by its owner only.
    let folder: String
    let kept: Int
    let now: @Sendable () -> Date

    package init(
        run: TrackedRun, folder: String, kept: Int = 7, now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.run = run
        self.folder = folder
        self.kept = kept
        self.now = now
    }

    package func handle(_: BackupDatabase, _ attempt: Attempt) async throws {
        try await run(attempt) { row in
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            let path = "\(folder)/\(name(at: now()))"
            // Store.backup opens the copy and checks it before it takes the final name.
            try await run.store.backup(to: path)
            let removed = try removeOldest()
            try await run.store.schedules.log("copied to \(path), \(removed.count) older removed\n", of: row.id)
            let report = Report(path: path, deleted: removed.count)
            return String(decoding: try JSONEncoder().encode(report), as: UTF8.self)
        }
    }

    private struct Report: Encodable {
        var path: String
        var deleted: Int
    }

    /// `tern-20261125T010000Z.sqlite3`: sorts by time.
    private func name(at time: Date) -> String {
        let stamp = time.formatted(.iso8601).replacing("-", with: "").replacing(":", with: "")
        return "tern-\(stamp).sqlite3"
    }

    private func removeOldest() throws -> [String] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasPrefix("tern-") }
        let copies = names.filter { $0.hasSuffix(".sqlite3") }.sorted()
        let surplus = Array(copies.dropLast(kept))
        for name in surplus + names.filter(isAbandoned) {
            try FileManager.default.removeItem(atPath: "\(folder)/\(name)")
        }
        return surplus
    }

    /// A copy that was broken off by the end of its process, a day ago or more.
    private func isAbandoned(_ name: String) -> Bool {
        guard name.hasSuffix(".partial"),
            let attributes = try? FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)"),
            let written = attributes[.modificationDate] as? Date
        else { return false }
        return written < now().addingTimeInterval(-86_400)
    }
}
