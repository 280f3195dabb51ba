/// Small state shared by all processes: index signatures and the like.
public struct SharedValues: Sendable {
    let store: Store
}

extension Store {
    public var values: SharedValues { SharedValues(store: self) }
}

extension SharedValues {
    public func value(of key: String) async throws -> String? {
        try await store.read { try $0.first("SELECT value FROM settings WHERE key = $1", key) { $0.text(0) } }
    }

    public func set(_ key: String, to value: String) async throws {
        _ = try await store.write {
            try $0.run(
                "INSERT INTO settings (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                key, value)
        }
    }

    public func remove(_ key: String) async throws {
        _ = try await store.write { try $0.run("DELETE FROM settings WHERE key = $1", key) }
    }
}
