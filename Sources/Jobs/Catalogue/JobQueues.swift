/// The queues of Tern by their permanent names.
public enum JobQueues {
    public static let answers = "answers"
    public static let ingestion = "ingestion"
    public static let embedding = "embedding"
    public static let mail = "mail"
    public static let maintenance = "maintenance"

    public static let all = [answers, ingestion, embedding, mail, maintenance]

    /// What a worker serves unless it is told otherwise: a queue and its share of the claims when all have work.
    public static let defaultWeights: [(name: String, weight: Int)] = [
        (answers, 6), (mail, 3), (ingestion, 2), (embedding, 2), (maintenance, 1),
    ]

    /// How many jobs of a queue run at once in one process unless it is told otherwise: an embedding keeps a core busy.
    public static let standardLimits = [embedding: 1, ingestion: 2, maintenance: 2]
}
