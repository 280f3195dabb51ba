public import FoundationEssentials
import Identifiers

/// A stored evaluation of retrieval and answering.
public struct Evaluation: Sendable, Equatable {
    public var name: String
    /// JSON.
    public var report: String
    public var createdAt: Date
}

public struct Evaluations: Sendable {
    let store: Store
}

extension Store {
    public var evaluations: Evaluations { Evaluations(store: self) }
}

extension Evaluations {
    public func append(name: String, report: String, at now: Date = Date()) async throws {
        _ = try await store.write {
            try $0.run(
                "INSERT INTO evaluations (id, name, report, created_at) VALUES ($1, $2, $3, $4)",
                ID<Evaluation>.make(), name, report, now)
        }
    }

    /// The newest first.
    public func list(limit: Int = 50) async throws -> [Evaluation] {
        try await store.read {
            try $0.rows("SELECT name, report, created_at FROM evaluations ORDER BY id DESC LIMIT $1", limit) {
                Evaluation(name: $0.text(0), report: $0.text(1), createdAt: $0.date(2))
            }
        }
    }
}
