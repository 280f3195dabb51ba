public import Queue

/// Searches the knowledge base for somebody who waits at the API, which loads no model itself.
public struct SearchKnowledge: Job {
    public static let kind = "search"
    public static let policy = JobPolicy(
        queue: JobQueues.answers, priority: .high, isTracked: false, maximumAttempts: 1, timeLimit: .seconds(10))

    public enum Mode: String, Codable, Sendable, CaseIterable {
        case hybrid, vector, keyword
    }

    public var query: String
    public var limit: Int
    public var mode: Mode

    public init(query: String, limit: Int, mode: Mode = .hybrid) {
        self.query = query
        self.limit = limit
        self.mode = mode
    }

    /// What the worker replies; its JSON has the names of the HTTP API.
    public struct Reply: Codable, Sendable, Equatable {
        public var passages: [Passage]

        public init(passages: [Passage]) {
            self.passages = passages
        }
    }

    public struct Passage: Codable, Sendable, Equatable {
        public var passageID: String
        public var documentID: String
        public var title: String
        public var heading: String
        public var text: String
        public var score: Double
        public var ranks: Ranks

        public init(
            passageID: String, documentID: String, title: String, heading: String, text: String, score: Double,
            ranks: Ranks
        ) {
            self.passageID = passageID
            self.documentID = documentID
            self.title = title
            self.heading = heading
            self.text = text
            self.score = score
            self.ranks = ranks
        }

        enum CodingKeys: String, CodingKey {
            case passageID = "passage_id"
            case documentID = "document_id"
            case title, heading, text, score, ranks
        }
    }

    /// Places from 1 in the two legs; nil when a leg did not find it.
    public struct Ranks: Codable, Sendable, Equatable {
        public var keyword: Int?
        public var vector: Int?

        public init(keyword: Int?, vector: Int?) {
            self.keyword = keyword
            self.vector = vector
        }
    }
}
