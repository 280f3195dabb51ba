import ArgumentParser
import Store

struct Migrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Brings the database's schema up to date.",
        discussion: "Makes the database when there is none. Safe to run at any time, also several at once.")

    func run() async throws {
        let store = try Desk().openStore()
        let steps = try store.migrate()
        for step in steps { print("applied: \(step)") }
        print("the schema is up to date: version \(try store.schemaVersion())")
        try store.close()
    }
}
