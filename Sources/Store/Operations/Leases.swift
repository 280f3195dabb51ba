public import FoundationEssentials

/// Work that one process at a time does, such as reconcile: a row that is held for a while.
public struct Leases: Sendable {
    let store: Store
}

extension Store {
    public var leases: Leases { Leases(store: self) }
}

extension Leases {
    /// Takes or extends a lease; false while another holds it. A holder that dies loses it when its time is over.
    public func take(_ name: String, holder: String, for span: Duration, at now: Date = Date()) async throws -> Bool {
        try await store.write {
            try $0.exists(
                """
                INSERT INTO leases (name, holder, expires_at) VALUES ($1, $2, $3)
                ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at
                WHERE leases.holder = excluded.holder OR leases.expires_at <= $4
                RETURNING name
                """, name, holder, now.unixMilliseconds + span.milliseconds, now)
        }
    }

    public func release(_ name: String, holder: String) async throws {
        _ = try await store.write { try $0.run("DELETE FROM leases WHERE name = $1 AND holder = $2", name, holder) }
    }
}
