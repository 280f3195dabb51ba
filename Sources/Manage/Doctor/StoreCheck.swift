import Bootstrap
import FoundationEssentials
import Store

/// The database and who may administer it.
struct StoreCheck {
    var settings: Settings

    func run() async -> [Finding] {
        let path = settings.storage.databasePath
        func finding(_ level: Finding.Level, _ text: String) -> Finding {
            Finding(check: "database", level: level, text: "\(path): \(text)")
        }
        // Opening would make the file.
        guard FileManager.default.fileExists(atPath: path) else {
            return [finding(.fail, "not there; run manage migrate")]
        }
        do {
            let store = try Store.open(path: path)
            defer { try? store.close() }
            let version = try store.schemaVersion()
            let needed = Store.neededSchemaVersion
            if version < needed {
                return [finding(.fail, "schema \(version), this program needs \(needed); run manage migrate")]
            }
            if version > needed {
                return [finding(.fail, "schema \(version) is newer than this program (\(needed)); update Tern")]
            }
            return [finding(.ok, "schema \(version)"), try await administrator(store)]
        } catch {
            return [finding(.fail, "\(error); check the file and DATABASE_URL, or restore a backup")]
        }
    }

    private func administrator(_ store: Store) async throws -> Finding {
        try await store.accounts.adminExists()
            ? Finding(check: "administrator", level: .ok, text: "there is one")
            : Finding(check: "administrator", level: .warn, text: "there is none; run manage create-admin")
    }
}
