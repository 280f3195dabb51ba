public import FoundationEssentials
public import Identifiers
public import Queue

/// Every kind of job with its whole policy.
public enum JobCatalogue {
    /// The kinds with a row in the Store.
    public static let tracked: [any Job.Type] = [
        GenerateAnswer.self, MakeTitle.self, SendMail.self, IngestDocument.self, EmbedChunks.self,
        DeleteDocument.self, RefreshKnowledge.self, RunHousekeeping.self, StoreStatistics.self, BackupDatabase.self,
    ]

    /// The kinds that answer somebody who waits, and leave no trace.
    public static let untracked: [any Job.Type] = [SearchKnowledge.self]

    private static let policies: [String: JobPolicy] = Dictionary(
        (tracked + untracked).map { ($0.kind, $0.policy) }, uniquingKeysWith: { first, _ in first })

    /// The policy of a kind; nil for one that this version doesn't know, as while two versions are live.
    public static func policy(ofKind kind: String) -> JobPolicy? {
        policies[kind]
    }

    /// A job to be enqueued as its row in the Store describes it; nil for a kind that this version doesn't know.
    public static func job(
        ofKind kind: String, payload: String, id: JobID, account: String?, runAt: Date? = nil, deadline: Date? = nil
    ) -> NewJob? {
        guard let policy = policy(ofKind: kind) else { return nil }
        return NewJob(
            kind: kind, payload: [UInt8](payload.utf8), policy: policy, id: id, account: account, runAt: runAt,
            deadline: deadline)
    }
}
