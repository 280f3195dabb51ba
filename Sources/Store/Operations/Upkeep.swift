import GRDB

/// Small care for the file.
extension Store {
    /// Whether the database answers: a read of its schema version.
    public func ping() async throws {
        _ = try await read { try $0.count("SELECT MAX(version) FROM schema_versions") }
    }

    /// Moves the log into the database without stopping anybody; large logs are moved by themselves, so this is for quiet
    /// times and ends. Returns the log's pages and how many of them are moved.
    @discardableResult
    public func checkpoint() async throws -> (logPages: Int, movedPages: Int) {
        do { return try await checkpointer.run() } catch { throw StoreError(translating: error) }
    }

    /// Refreshes the planner's statistics; cheap, meant for once a day.
    public func optimize() async throws {
        do {
            try await pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA optimize") }
        } catch { throw StoreError(translating: error) }
    }
}
